import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
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
