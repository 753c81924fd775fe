import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PROJECT } from '../support/project.ts';
import { Console, describeBrowser, nothingWasComplainedOf, PHONE, SUITE_MS, shows } from './console.ts';

jest.setTimeout(SUITE_MS);

/** SCREENSHOTS=docs/images replaces the pictures in the documents. */
const FOLDER = join(PROJECT, process.env.SCREENSHOTS ?? '.data/screenshots');
const MOST_BYTES = 170_000;
/** High enough for the whole picture and the chart below it. */
const TALL = { width: 1280, height: 1000 };

let console: Console;
let shipped: string;

describeBrowser('the pictures of the console', () => {
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    console = await Console.start();
    await someHistory();
  });
  afterAll(async () => {
    await console.stop();
  });

  it.each(['light', 'dark'] as const)('show every view, in %s', async (colorScheme) => {
    const views: [name: string, hash: string, there: string | RegExp][] = [
      ['orders', 'orders', 'Wool blanket'],
      ['order', `orders/${shipped}`, 'Fulfilling it'],
      ['inventory', 'inventory', 'Wool blanket'],
      ['chaos', 'chaos', 'Flash sale of the last units'],
      ['audit', 'audit', 'Balanced'],
      ['messages', 'notifications', 'Your order has shipped'],
    ];
    for (const [name, hash, there] of views) {
      const page = await console.open(hash, { colorScheme });
      await shows(page, there);
      await picture(page, `${name}-${colorScheme}`);
      await page.context().close();
    }
    nothingWasComplainedOf(console);
  });

  it('show an order in parts, and the choice of what is in its next parcel', async () => {
    const page = await console.open(`orders/${await someParts()}`, { colorScheme: 'light', viewport: TALL });
    await shows(page, 'arrived broken');
    await page.getByRole('button', { name: 'Fulfil' }).click();
    await picture(page, 'parts-light');
    nothingWasComplainedOf(console);
  });

  it('show a payment outage, and an order during it', async () => {
    const pages = await Promise.all([
      console.open('live', { colorScheme: 'light', viewport: TALL }),
      console.open('live', { colorScheme: 'dark', viewport: TALL }),
      console.open('live', { colorScheme: 'light', viewport: PHONE }),
    ]);
    await someOrders(30);
    await console.system.payment.put('/chaos', { failureRate: 1, ttlSeconds: 120 });
    const refused = await Promise.all(Array.from({ length: 10 }, () => console.order({ customerId: 'alan' })));
    for (const page of pages) await page.locator('.breaker.bad').waitFor();
    const traffic = setInterval(() => void console.order({ customerId: 'alan' }), 150);
    const ordersASecond = (page: Page) => page.locator('.tile', { hasText: 'Orders a second' }).locator('dd');
    for (const page of pages) await ordersASecond(page).filter({ hasText: /[1-9]/ }).waitFor();
    await Promise.all(pages.map((page, i) => picture(page, `live-${['light', 'dark', 'phone'][i]}`)));
    clearInterval(traffic);
    const page = await console.open(`orders/${refused[0]}`, { colorScheme: 'light' });
    await shows(page, 'Decided to undo');
    await picture(page, 'rejected-light');
    nothingWasComplainedOf(console);
  });
});

async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready');
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  expect(statSync(path).size).toBeLessThan(MOST_BYTES);
}

/** Orders of all kinds. */
async function someHistory(): Promise<void> {
  const { gateway } = console.system;
  await someOrders(24);
  await console.order({ customerId: 'grace', paymentMethod: 'tok_declined' });
  const cancelled = await console.order({ customerId: 'linus', items: [{ productId: 'PROD003', quantity: 12 }] });
  await gateway.post(`/orders/${cancelled}/cancel`, { reason: 'changed my mind' });
  await console.order({ customerId: 'edsger', autoConfirm: false });
  shipped = await console.order({
    customerId: 'ada',
    items: [
      { productId: 'PROD001', quantity: 2 },
      { productId: 'PROD004', quantity: 1 },
    ],
  });
  const { body } = await gateway.post(`/orders/${shipped}/fulfill`, { carrier: 'EXPRESS' });
  await gateway.put(`/shipments/${body.shipment.id}/status`, { status: 'IN_TRANSIT', location: 'Hub North' });
}

/** An order with a parcel that has arrived, of which something came back, one on its way, and open lines. */
async function someParts(): Promise<string> {
  const { gateway } = console.system;
  const id = await console.order({
    items: [
      { productId: 'PROD001', quantity: 3 },
      { productId: 'PROD004', quantity: 4 },
    ],
    charges: [{ kind: 'SHIPPING', amount: 4.99 }],
  });
  const one = (lineId: string) => ({ lineId, quantity: 1 });
  const send = async () =>
    (await gateway.post(`/orders/${id}/fulfill`, { items: [one('1'), one('2')] })).body.shipment.id;
  const first = await send();
  for (const status of ['IN_TRANSIT', 'DELIVERED']) await gateway.put(`/shipments/${first}/status`, { status });
  await gateway.post(`/orders/${id}/return`, { reason: 'arrived broken', restock: false, items: [one('1')] });
  await send();
  return id;
}

const CUSTOMERS = ['ada', 'grace', 'linus', 'edsger', 'barbara', 'donald', 'katherine', 'dennis'];

async function someOrders(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const items = [{ productId: `PROD00${(i % 4) + 1}`, quantity: (i % 3) + 1 }];
    await console.order({ customerId: CUSTOMERS[i % CUSTOMERS.length], items });
  }
}
