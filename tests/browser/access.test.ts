import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  Console,
  describeBrowser,
  nothingWasComplainedOf,
  overflows,
  PHONE,
  SUITE_MS,
  shows,
  violations,
  WIDE,
} from './console.ts';

jest.setTimeout(SUITE_MS);

let console: Console;
/** A delivered order, one in parts, and a rejected one. */
let delivered: string;
let inParts: string;
let rejected: string;

/** Each view, with a text that appears when it has loaded. */
const views = (): [hash: string, there: string | RegExp][] => [
  ['live', 'What became of orders'],
  ['orders', 'Delivered'],
  ['orders?place', 'How many orders'],
  ['orders?status=RETURNED', 'No order is like that.'],
  [`orders/${delivered}`, 'Fulfilling it'],
  [`orders/${inParts}`, 'Given back'],
  [`orders/${rejected}`, 'Decided to undo'],
  ['orders/nobody', /There is no order|ORDER_NOT_FOUND/],
  ['inventory', 'Wool blanket'],
  ['chaos', 'Flash sale of the last units'],
  ['audit', 'What must hold'],
  ['notifications', 'We have received your order'],
  ['nowhere', 'There is no such page.'],
];

/** Sends a parcel, and returns the id of its shipment. */
async function fulfil(id: string, items?: { lineId: string; quantity: number }[]): Promise<string> {
  const { body } = await console.system.gateway.post(`/orders/${id}/fulfill`, items ? { items } : {});
  return body.shipment.id;
}

async function deliver(shipmentId: string): Promise<void> {
  for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']) {
    await console.system.gateway.put(`/shipments/${shipmentId}/status`, { status, location: 'Hub North' });
  }
}

describeBrowser('every view', () => {
  beforeAll(async () => {
    console = await Console.start();
    const { system } = console;
    delivered = await console.order({
      items: ['PROD001', 'PROD002', 'PROD003'].map((productId) => ({ productId, quantity: 3 })),
    });
    await deliver(await fulfil(delivered));
    inParts = await console.order({ items: [{ productId: 'PROD001', quantity: 3 }] });
    await deliver(await fulfil(inParts, [{ lineId: '1', quantity: 1 }]));
    await fulfil(inParts, [{ lineId: '1', quantity: 1 }]);
    await system.gateway.post(`/orders/${inParts}/return`, { reason: 'arrived-late-'.repeat(9) });
    rejected = await console.order({ paymentMethod: 'tok_declined' });
    await console.order({ customerId: 'a-customer-with-a-name-as-long-as-names-are-allowed-to-be-123456' });
  });
  afterAll(async () => {
    await console.stop();
  });

  it.each([
    ['light', 'a desk', WIDE, 'a tablet', { width: 820, height: 1180 }],
    ['dark', 'a phone', PHONE, 'a small phone', { width: 320, height: 640 }],
  ] as const)(
    'in %s on %s has no axe violations and no text overflow, nor has it on another screen',
    async (colorScheme, where, viewport, elsewhere, other) => {
      const found: Record<string, string[]> = {};
      const look = (what: string, objections: string[]) => {
        if (objections.length > 0) found[what] = objections;
      };
      for (const [hash, there] of views()) {
        const page = await console.open(hash, { colorScheme, viewport });
        await shows(page, there);
        look(hash, await violations(page));
        look(`${hash} on ${where}`, await overflows(page));
        await page.setViewportSize(other);
        await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
        look(`${hash} on ${elsewhere}`, await overflows(page));
        await page.context().close();
      }
      expect(found).toEqual({});
    },
  );

  it('logs nothing in the console of the browser', () => {
    nothingWasComplainedOf(console);
  });
});

describeBrowser('with the keyboard alone', () => {
  beforeAll(async () => {
    console = await Console.start();
  });
  afterAll(async () => {
    await console.stop();
  });

  /** Presses Tab until the element of this name has the focus. */
  async function tabTo(page: Page, name: string | RegExp): Promise<void> {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const called = await page.evaluate<string>(
        `(() => { const e = document.activeElement; return e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? ''; })()`,
      );
      if (typeof name === 'string' ? called.trim().startsWith(name) : name.test(called.trim())) return;
    }
    throw new Error(`Tab does not come to ${name}`);
  }

  it('an order can be placed, opened and cancelled', async () => {
    const page = await console.open('live');
    await tabTo(page, 'Orders');
    await page.keyboard.press('Enter');
    await page.locator('h1:focus').getByText('Orders').waitFor();
    await tabTo(page, 'Place an order');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Customer');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('keyboarder');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /keyboarder.*Confirmed/ }).waitFor();
    await tabTo(page, /^…\w{8}$/);
    await page.keyboard.press('Enter');
    await page.locator('h1:focus').getByText('Order').waitFor();
    await tabTo(page, 'Cancel');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Reason');
    await page.keyboard.type('typed');
    await page.keyboard.press('Enter');
    await page.locator('.head .badge', { hasText: 'Cancelled' }).waitFor();
  });

  it('the arrow keys move from row to row', async () => {
    for (const customerId of ['first', 'second', 'third']) await console.order({ customerId });
    const page = await console.open('orders');
    await page.getByRole('row', { name: /third/ }).getByRole('link').focus();
    const inRow = (name: string) => page.locator('tr:has(a:focus)', { hasText: name }).waitFor();
    await page.keyboard.press('ArrowDown');
    await inRow('second');
    await page.keyboard.press('ArrowDown');
    await inRow('first');
    await page.keyboard.press('ArrowUp');
    await inRow('second');
  });

  it('the navigation can be skipped, and the focus is visible', async () => {
    const page = await console.open('orders');
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Skip to the content');
    const skip = page.getByRole('button', { name: 'Skip to the content' });
    expect(Number((await skip.boundingBox())?.y)).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Place an order');
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
  });

  it('nothing moves if the user prefers reduced motion', async () => {
    const page = await console.open('live', { reducedMotion: 'reduce' });
    await console.order();
    const moving = 'document.getAnimations().length';
    await page.locator('.node').first().waitFor();
    expect(await page.evaluate(moving)).toBe(0);
  });
});
