import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { address } from '../e2e/orders.ts';
import { Console, describeBrowser, SUITE_MS } from './console.ts';

jest.setTimeout(SUITE_MS);

const ORDERS = 10_000;
const PER_SECOND = 100;
const SECONDS = 5;
const LONGEST_TASK_MS = 100;
const AT_ONCE = 25;

let console: Console;

/** Directly to the order service: the gateway has a rate limit for writes. */
async function place(
  count: number,
  customerId: string,
  { pauseMs = 0, productId = 'prod1', answered = 201 } = {},
): Promise<void> {
  let next = 0;
  const startedAt = performance.now();
  const worker = async () => {
    for (let i = next++; i < count; i = next++) {
      const due = startedAt + i * pauseMs - performance.now();
      if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
      const body = { customerId, items: [{ productId, quantity: 1 }], shippingAddress: address };
      const { status } = await console.system.order.post('/orders', body);
      expect(status).toBe(answered);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** The CPU time, in microseconds: on a busy machine a clock would measure other processes, too. */
  tdur?: number;
  args?: { name?: string };
}

/** The longest time, in ms, for which the page's thread was blocked during the action. */
async function longestTask(page: Page, work: () => Promise<void>): Promise<number> {
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const isMain = ({ pid, tid }: TraceEvent) => mains.some((main) => main.pid === pid && main.tid === tid);
  const tasks = traceEvents.filter((event) => /RunTask/.test(event.name) && event.tdur !== undefined && isMain(event));
  expect(tasks).not.toEqual([]);
  return Math.max(...tasks.map(({ tdur }) => Number(tdur))) / 1_000;
}

describeBrowser('10,000 orders', () => {
  let page: Page;

  beforeAll(async () => {
    console = await Console.start({ RATE_LIMIT_READS: '0' });
    await console.system.inventory.put('/inventory/prod1', { quantity: 100_000 });
    // Orders that are refused at once are in the list like any other, and are made faster.
    await place(ORDERS, 'before', { productId: 'nothing', answered: 409 });
    page = await console.open('orders');
    await page
      .getByRole('row', { name: /before/ })
      .first()
      .waitFor();
  });
  afterAll(async () => {
    await console.stop();
  });

  it('scroll to the last without a stutter, and few of them are drawn', async () => {
    const loaded = async () => Number((await page.locator('.count').textContent())?.replaceAll(/\D/g, ''));
    const longest = await longestTask(page, async () => {
      while ((await loaded()) < ORDERS) {
        await page.evaluate(`document.querySelector('.rows').scrollTop += 3000`);
        await page.evaluate('new Promise(requestAnimationFrame)');
      }
    });
    expect(await page.locator('.rows tbody tr').count()).toBeLessThan(100);
    expect(longest).toBeLessThan(LONGEST_TASK_MS);
  });

  it(`stay responsive while ${PER_SECOND} a second come in, and the list shows those`, async () => {
    await page.evaluate(`document.querySelector('.rows').scrollTop = 0`);
    const longest = await longestTask(page, async () => {
      await place(PER_SECOND * SECONDS, 'coming', { pauseMs: 1_000 / PER_SECOND });
      await page
        .getByRole('row', { name: /coming/ })
        .first()
        .waitFor();
      await page.locator('.count', { hasText: '10,500' }).waitFor();
    });
    expect(longest).toBeLessThan(LONGEST_TASK_MS);
  });

  it('do not move while the user reads further down', async () => {
    await page.evaluate(`document.querySelector('.rows').scrollTop = 44 * 50`);
    const top = `[...document.querySelectorAll('.rows tbody:not(.room) tr')].find((row) => row.getBoundingClientRect().top >= document.querySelector('.rows').getBoundingClientRect().top + 40).textContent`;
    await page.evaluate('new Promise(requestAnimationFrame)');
    const reading = await page.evaluate<string>(top);
    await place(20, 'above');
    await page.locator('.count', { hasText: '10,520' }).waitFor();
    expect(await page.evaluate<string>(top)).toBe(reading);
  });

  it('do not slow down the picture', async () => {
    const live = await console.open('live');
    await live.locator('.node').first().waitFor();
    const longest = await longestTask(live, () => place(PER_SECOND * SECONDS, 'more', { pauseMs: 1_000 / PER_SECOND }));
    expect(longest).toBeLessThan(LONGEST_TASK_MS);
  });
});
