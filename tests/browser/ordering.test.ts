import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually } from '../e2e/http.ts';
import { Console, describeBrowser, nothingWasComplainedOf, PATIENCE_MS, SUITE_MS, shows } from './console.ts';

jest.setTimeout(SUITE_MS);

let console: Console;

const statusIs = (page: Page, status: string) => page.locator('.head .badge', { hasText: status }).waitFor();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

describeBrowser('in the console', () => {
  beforeAll(async () => {
    console = await Console.start({ BREAKER_INVENTORY_RESET_MS: '1000' });
  });
  afterAll(async () => {
    await console.stop();
  });

  it('an order is placed and shown as confirmed, also in a list that is already open', async () => {
    const [placing, watching] = [await console.open('orders?place'), await console.open('orders')];
    await shows(watching, 'No orders yet.');
    await placing.getByLabel('Customer', { exact: true }).fill('grace');
    await press(placing, 'Place');
    await shows(placing, /^Order …\w+: confirmed\.$/);
    const row = watching.getByRole('row', { name: /grace/ });
    await row.getByText('Confirmed').waitFor();
    await row.getByRole('link').click();
    await statusIs(watching, 'Confirmed');
    for (const step of ['Order placed', 'Reserve the stock', 'Authorize the payment']) await shows(watching, step);
    nothingWasComplainedOf(console);
  });

  it('the saga of an order is shown live', async () => {
    await console.system.inventory.put('/chaos', { failureRate: 1, ttlSeconds: 60 });
    const placed = await console.system.gateway.post(
      '/orders',
      { customerId: 'ada', items: [{ productId: 'prod1', quantity: 1 }] },
      { headers: { Prefer: 'respond-async' } },
    );
    const page = await console.open(`orders/${placed.body.id}`);
    await statusIs(page, 'Pending');
    await shows(page, /Reserve the stock: waiting/);
    await shows(page, 'Running');
    await console.system.inventory.put('/chaos', { enabled: false });
    await statusIs(page, 'Confirmed');
    await shows(page, 'Done');
  });

  it('an order on hold is confirmed, fulfilled with a label, delivered and returned', async () => {
    const page = await console.open(`orders/${await console.order({ autoConfirm: false })}`);
    await statusIs(page, 'Awaits you');
    await press(page, 'Confirm');
    await statusIs(page, 'Confirmed');
    await press(page, 'Process');
    await statusIs(page, 'Processing');
    await press(page, 'Fulfil');
    await page.getByLabel('Carrier').selectOption('EXPRESS');
    await page.getByRole('form', { name: 'Fulfil' }).getByRole('button').click();
    await statusIs(page, 'Shipped');
    const popup = page.waitForEvent('popup');
    await press(page, 'Open the label (PDF)');
    await popup;
    for (const scan of ['Hand to the carrier', 'Out for delivery', 'Deliver']) await press(page, scan);
    await statusIs(page, 'Delivered');
    await press(page, 'Return');
    await page.getByRole('form', { name: 'Return' }).getByRole('button').click();
    await statusIs(page, 'Returned');
    const actions = page.getByRole('region', { name: 'Actions' }).getByRole('button');
    await eventually(
      () => actions.count(),
      (count) => count === 0,
      PATIENCE_MS,
    );
    nothingWasComplainedOf(console);
  });

  it('an order is cancelled, and its stock is released', async () => {
    const id = await console.order({ items: [{ productId: 'PROD004', quantity: 7 }] });
    const stock = await console.open('inventory');
    const level = stock.getByRole('listitem').filter({ hasText: 'PROD004' });
    await level.getByText('93 available').waitFor();
    const page = await console.open(`orders/${id}`);
    await press(page, 'Cancel');
    await page.getByLabel(/Reason/).fill('changed my mind');
    await page.getByRole('form', { name: 'Cancel' }).getByRole('button').click();
    await statusIs(page, 'Cancelled');
    await shows(page, 'changed my mind');
    await level.getByText('100 available').waitFor();
    nothingWasComplainedOf(console);
  });

  it('every action can be copied as a request that does the same', async () => {
    const id = await console.order();
    const page = await console.open(`orders/${id}`);
    await page.getByText('As requests').click();
    const command = await page.locator('.requests code', { hasText: '/cancel' }).textContent();
    expect(command).toBe(
      `curl -s '${console.system.gateway.url}/orders/${id}/cancel' -H 'Content-Type: application/json' -d '{}'`,
    );
    await console.system.gateway.post(`/orders/${id}/cancel`, {});
    await statusIs(page, 'Cancelled');
  });

  it('a burst of orders shows its progress, and counts refusals by reason', async () => {
    const page = await console.open('orders?place');
    await page.getByLabel('Product').selectOption('PROD005');
    await page.getByLabel('How many orders').fill('12');
    await press(page, 'Place');
    await shows(page, '12 of 12');
    await page.locator('.outcomes').getByText('5 confirmed').waitFor();
    await page.locator('.outcomes').getByText('7 out of stock').waitFor();
  });

  it('the list can be searched and filtered', async () => {
    const id = await console.order({ customerId: 'linus', paymentMethod: 'tok_declined' });
    const page = await console.open('orders');
    await page.getByRole('row', { name: /linus/ }).waitFor();
    await page.getByLabel('Status').selectOption('REJECTED');
    await page.getByRole('row', { name: /linus.*Rejected.*PAYMENT_DECLINED/ }).waitFor();
    await eventually(
      () => page.getByRole('row', { name: /Confirmed/ }).count(),
      (count) => count === 0,
      PATIENCE_MS,
    );
    await page.getByRole('searchbox').fill(id);
    await shows(page, '1 order');
    await page.getByRole('searchbox').fill('nobody-is-called-so');
    await shows(page, 'No order is like that.');
  });

  it('stock and new products can be added', async () => {
    const page = await console.open('inventory');
    await page.getByLabel('How many of PROD003 to add').fill('25');
    await page.getByRole('listitem').filter({ hasText: 'PROD003' }).getByRole('button').click();
    await shows(page, '25 added to PROD003.');
    await page.getByRole('listitem').filter({ hasText: 'PROD003' }).getByText('125 available').waitFor();
    await page.getByLabel('Id', { exact: true }).fill('LAMP-2');
    await page.getByLabel('Name').fill('Second lamp');
    await page.getByRole('combobox', { name: 'Currency' }).selectOption('KWD');
    await page.getByLabel('Price').fill('12.505');
    await press(page, 'Add the product');
    await page.getByRole('listitem').filter({ hasText: 'Second lamp' }).getByText('10 available').waitFor();
    const orders = await console.open('orders?place');
    await orders.locator('option', { hasText: /Second lamp, KWD\s12.505/ }).waitFor({ state: 'attached' });
    nothingWasComplainedOf(console);
  });

  it('the notifications to customers can be read', async () => {
    const id = await console.order({ customerId: 'katherine' });
    const page = await console.open('notifications');
    const message = page.getByRole('listitem').filter({ hasText: 'katherine' }).first();
    await message.getByText('Read it').click();
    await message.locator('pre').waitFor();
    await message.getByRole('link').click();
    await shows(page, id);
  });

  it('the audit is balanced', async () => {
    const page = await console.open('audit');
    await shows(page, 'Balanced');
    nothingWasComplainedOf(console);
  });
});
