import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { Console, describeBrowser, nothingWasComplainedOf, overflows, SUITE_MS, shows, violations } from './console.ts';

jest.setTimeout(SUITE_MS);

let console: Console;

const statusIs = (page: Page, status: string) => page.locator('.head .badge', { hasText: status }).waitFor();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
/** The page knows that a saga has ended. While one runs, it hides what only the next one may do. */
const isDone = (page: Page, saga: string) =>
  page.locator('.chapter', { hasText: saga }).getByText('Done', { exact: true }).waitFor();
/** Opens the form of an action. */
async function formOf(page: Page, name: string): Promise<Locator> {
  await press(page, name);
  const form = page.getByRole('form', { name });
  await form.waitFor();
  return form;
}
const send = (form: Locator) => form.getByRole('button').click();
const card = (page: Page, heading: string) =>
  page.locator('.card').filter({ has: page.getByRole('heading', { name: heading, exact: true }) });

/** 3 × 29.99 and 2 × 49.95, shipping 4.99, a discount of 1. */
const CART = {
  items: [
    { productId: 'PROD001', quantity: 3 },
    { productId: 'PROD002', quantity: 2 },
  ],
  charges: [
    { kind: 'SHIPPING', amount: 4.99 },
    { kind: 'DISCOUNT', label: 'spring', amount: 1 },
  ],
};

describeBrowser('in the console', () => {
  beforeAll(async () => {
    console = await Console.start();
  });
  afterAll(async () => {
    await console.stop();
  });

  it('an order is shipped, cancelled, returned and refunded in parts', async () => {
    const page = await console.open(`orders/${await console.order(CART)}`);
    const items = card(page, 'Items');
    await items.getByRole('row', { name: /^Shipping \$4\.99/ }).waitFor();
    await items.getByRole('row', { name: /^Discount \(spring\) -\$1\.00/ }).waitFor();
    expect(await items.getByText('open').count()).toBe(0);

    await isDone(page, 'Placing the order');
    const first = await formOf(page, 'Fulfil');
    const [presses, lamps] = [first.getByRole('spinbutton').nth(0), first.getByRole('spinbutton').nth(1)];
    expect([await presses.inputValue(), await lamps.inputValue()]).toEqual(['3', '2']);
    await presses.fill('1');
    await lamps.fill('0');
    expect(await violations(page)).toEqual([]);
    await send(first);
    await statusIs(page, 'Partly shipped');
    await items.getByText('1 shipped, 2 open').waitFor();
    await isDone(page, 'Sending parcel 1');
    await shows(page, /^1 × PROD001; \$\d+\.\d\d captured$/);
    await items.getByRole('row', { name: /^Captured/ }).waitFor();

    const second = await formOf(page, 'Fulfil');
    await second.getByRole('spinbutton').first().fill('1');
    await send(second);
    const parcels = card(page, 'Parcels');
    await parcels.getByRole('heading', { name: 'Parcel 2' }).waitFor();

    await isDone(page, 'Sending parcel 2');
    const rest = await formOf(page, 'Cancel open items');
    expect(await rest.getByRole('spinbutton').count()).toBe(0);
    await rest.getByLabel(/Reason/).fill('out of fashion');
    await send(rest);
    await statusIs(page, 'Shipped');
    await items.getByText('2 shipped, 1 cancelled').waitFor();

    for (const parcel of [1, 2]) {
      for (const scan of ['hand to the carrier', 'out for delivery', 'deliver']) {
        await press(page, `Parcel ${parcel}: ${scan}`);
      }
    }
    await statusIs(page, 'Delivered');
    expect(await parcels.getByText('Delivered with STANDARD').count()).toBe(2);

    const back = await formOf(page, 'Return');
    await back.getByRole('spinbutton').nth(0).fill('0');
    await back.getByRole('spinbutton').nth(1).fill('1');
    const amount = back.getByLabel(/Refund in USD/);
    await amount.fill('999');
    await send(back);
    await back.getByText('AMOUNT_TOO_HIGH').waitFor();
    expect(await amount.getAttribute('aria-invalid')).toBe('true');
    expect(await violations(page)).toEqual([]);
    await amount.fill('7.5');
    await back.getByLabel('Back to stock').uncheck();
    await back.getByLabel(/Reason/).fill('arrived broken');
    await send(back);
    await statusIs(page, 'Partly returned');
    await items.getByText('2 shipped, 1 of them returned').waitFor();

    await isDone(page, 'Taking some of it back');
    const refund = await formOf(page, 'Refund');
    await refund.getByLabel(/Amount, at most/).fill('2.25');
    await refund.getByLabel('Reason').fill('arrived late');
    await send(refund);
    await items.getByRole('row', { name: /^Refunded \$9\.75/ }).waitFor();
    const given = card(page, 'Given back').getByRole('listitem');
    await given
      .filter({ hasText: /Return\$7\.50.*arrived broken.*by operator anonymous, not back to stock/ })
      .waitFor();
    await given.filter({ hasText: /Refund\$2\.25.*arrived late.*by operator anonymous/ }).waitFor();

    await isDone(page, 'Giving money back');
    await formOf(page, 'Return');
    expect(await violations(page)).toEqual([]);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 });
      await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
      expect(await overflows(page)).toEqual([]);
    }
    nothingWasComplainedOf(console);
  });

  it('pieces that are no longer left are refused beside their field', async () => {
    const id = await console.order(CART);
    const page = await console.open('orders');
    // The page hears nothing of what happens to the order meanwhile.
    await page.route('**/orders/*/events', (route) => route.fulfill({ status: 204 }));
    await page.goto(`${console.system.gateway.url}/#/orders/${id}`);
    const form = await formOf(page, 'Fulfil');
    const presses = form.getByRole('spinbutton').first();
    await presses.fill('2');
    await console.system.gateway.post(`/orders/${id}/cancel`, { items: [{ lineId: '1', quantity: 2 }] });
    await send(form);
    await form.getByText('only 1 are left').waitFor();
    await form.getByText('QUANTITY_TOO_HIGH').waitFor();
    expect(await presses.getAttribute('aria-invalid')).toBe('true');
    await form.getByText('(of 1)').waitFor();
    await presses.fill('1');
    await send(form);
    await statusIs(page, 'Shipped');
    nothingWasComplainedOf(console);
  });

  it('nothing is sent before a piece is chosen', async () => {
    const page = await console.open(`orders/${await console.order(CART)}`);
    await isDone(page, 'Placing the order');
    const form = await formOf(page, 'Cancel');
    for (const pieces of await form.getByRole('spinbutton').all()) await pieces.fill('0');
    await send(form);
    expect(await form.locator('input:invalid').count()).toBe(1);
    await form.getByRole('spinbutton').first().fill('1');
    await send(form);
    await shows(page, '1 cancelled, 2 open');
    await statusIs(page, 'Confirmed');
    nothingWasComplainedOf(console);
  });

  it('an order that is treated as a whole needs no numbers', async () => {
    const page = await console.open(`orders/${await console.order(CART)}`);
    await isDone(page, 'Placing the order');
    await send(await formOf(page, 'Fulfil'));
    await statusIs(page, 'Shipped');
    for (const scan of ['Hand to the carrier', 'Out for delivery', 'Deliver']) await press(page, scan);
    await statusIs(page, 'Delivered');
    await card(page, 'Shipment').getByText('Delivered with STANDARD').waitFor();
    expect(await page.getByText(/\d (shipped|open)/).count()).toBe(0);
    await send(await formOf(page, 'Return'));
    await statusIs(page, 'Returned');
    await card(page, 'Given back').getByRole('listitem').getByText('3 × ').waitFor();
    nothingWasComplainedOf(console);
  });
});
