import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { address } from '../e2e/orders.ts';
import { signedIn as apiUser } from '../e2e/signed-in.ts';
import { Console, describeBrowser, SUITE_MS, shows, violations } from './console.ts';

jest.setTimeout(SUITE_MS);

let console: Console;

async function signedIn(userId: string, role: string, hash = 'orders'): Promise<Page> {
  const page = await console.open(hash);
  await shows(page, 'Sign in');
  await page.getByLabel('Your id').fill(userId);
  await page.getByLabel('Role').selectOption(role);
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.locator('.account', { hasText: userId }).waitFor();
  return page;
}

describeBrowser('with a gateway that requires a token', () => {
  beforeAll(async () => {
    console = await Console.start({ AUTH_MODE: 'jwt', INTERNAL_TOKEN: 'what-services-show-each-other' });
  });
  afterAll(async () => {
    await console.stop();
  });

  it('the user signs in first', async () => {
    const page = await console.open('live');
    await shows(page, 'This gateway asks who you are.');
    expect(await violations(page)).toEqual([]);
  });

  it('a customer places an order, and sees it with the actions for customers', async () => {
    const page = await signedIn('ada', 'customer');
    await page.getByRole('button', { name: 'Place an order' }).click();
    expect(await page.getByLabel('Customer', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Place', exact: true }).click();
    await page
      .getByRole('row', { name: /ada.*Confirmed/ })
      .getByRole('link')
      .click();
    await page.locator('.head .badge', { hasText: 'Confirmed' }).waitFor();
    await shows(page, 'Reserve the stock');
    const buttons = await page.locator('.actions > .button-row button').allTextContents();
    expect(buttons).toEqual(['Cancel']);
    expect(await page.locator('nav a').allTextContents()).toEqual(['Orders', 'Inventory']);
  });

  it('an operator opens the label of a parcel, whose link is signed', async () => {
    const eve = await apiUser(console.system, 'eve', 'admin');
    const items = [{ productId: 'PROD001', quantity: 1 }];
    const { id } = (await eve.post('/orders', { customerId: 'grace', items, shippingAddress: address })).body;
    await eve.post(`/orders/${id}/fulfill`);
    const page = await signedIn('eve', 'admin', `orders/${id}`);
    const label = page.waitForResponse((answer) => answer.url().includes('/shipments/labels/'));
    await page.getByRole('button', { name: 'Open the label (PDF)' }).click();
    expect((await label).status()).toBe(200);
  });

  it('a customer sees what came of an order in parts, and returns some of it without a say in refund and stock', async () => {
    const [grace, eve] = [await apiUser(console.system, 'grace'), await apiUser(console.system, 'eve', 'admin')];
    const items = [{ productId: 'PROD001', quantity: 4 }];
    const { id } = (await grace.post('/orders', { items, shippingAddress: address })).body;
    for (const quantity of [2, 1]) {
      const parcel = await eve.post(`/orders/${id}/fulfill`, { items: [{ lineId: '1', quantity }] });
      for (const status of ['IN_TRANSIT', 'DELIVERED'])
        await eve.put(`/shipments/${parcel.body.shipment.id}/status`, { status });
    }
    await eve.post(`/orders/${id}/refund`, { amount: 1, reason: 'arrived late' });

    const page = await signedIn('grace', 'customer', `orders/${id}`);
    await shows(page, /by operator$/);
    expect(await page.getByText(/operator:? eve/).count()).toBe(0);
    await page.getByRole('heading', { name: 'Parcel 2', exact: true }).waitFor();
    await shows(page, '3 shipped, 1 open');
    await page.locator('.chapter', { hasText: 'Giving money back' }).getByText('Done', { exact: true }).waitFor();
    const buttons = await page.locator('.actions > .button-row button').allTextContents();
    expect(buttons).toEqual(['Return', 'Cancel open items']);
    await page.getByRole('button', { name: 'Return' }).click();
    const form = page.getByRole('form', { name: 'Return' });
    expect(await form.getByRole('textbox').count()).toBe(1);
    expect(await form.getByRole('checkbox').count()).toBe(0);
    await form.getByRole('spinbutton').fill('2');
    await form.getByRole('button').click();
    await shows(page, '3 shipped, 2 of them returned, 1 open');
    await shows(page, /by customer grace/);
  });

  it('a customer sees neither the orders of others nor the views for operators', async () => {
    const page = await signedIn('bob', 'customer');
    await shows(page, 'No orders yet.');
    await page.goto(`${console.system.gateway.url}/#/chaos`);
    await shows(page, 'This is for operators.');
    await page.goto(`${console.system.gateway.url}/#/inventory`);
    await shows(page, 'Wool blanket');
    expect(await page.getByRole('button', { name: 'Add' }).count()).toBe(0);
  });

  it('an admin sees all orders live, and the health of the services', async () => {
    const page = await signedIn('eve', 'admin', 'live');
    await page.locator('.connection.ok').waitFor();
    await page.locator('.node', { hasText: 'payment' }).getByText('Up').waitFor();
    await page.getByRole('link', { name: 'Orders' }).click();
    const [customer] = await Promise.all([signedIn('carol', 'customer')]);
    await customer.getByRole('button', { name: 'Place an order' }).click();
    await customer.getByRole('button', { name: 'Place', exact: true }).click();
    await page.getByRole('row', { name: /carol.*Confirmed/ }).waitFor();
  });

  it('an admin can run a scenario: a flash sale does not oversell', async () => {
    const page = await signedIn('eve', 'admin', 'chaos');
    await page.locator('.scenario', { hasText: 'Flash sale' }).getByRole('button', { name: 'Run' }).click();
    await shows(page, 'As promised');
    expect(await page.locator('.story ol li.bad').allTextContents()).toEqual([]);
    await page.getByRole('link', { name: 'the stock' }).first().click();
    await page.getByRole('listitem').filter({ hasText: 'Flash sale' }).getByText('0 available').waitFor();
  });

  it('the user has to sign in again after signing out, and an invalid token is refused', async () => {
    const page = await signedIn('eve', 'admin', 'live');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await shows(page, 'This gateway asks who you are.');
    await page.getByLabel('Bearer token').fill('not.a.token');
    await page.getByRole('button', { name: 'Sign in' }).last().click();
    await shows(page, 'This gateway asks who you are.');
    expect(await page.locator('.connection.ok').count()).toBe(0);
  });
});
