import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Console, describeBrowser, nothingWasComplainedOf, SUITE_MS, shows } from './console.ts';

jest.setTimeout(SUITE_MS);
/** A scenario waits for circuit breakers and for backoff. */
const LONG_MS = 180_000;

let console: Console;

const scenario = (page: Page, title: string) =>
  page.locator('.scenario', { has: page.getByRole('heading', { name: title, exact: true }) });

async function run(title: string): Promise<Page> {
  const page = await console.open('chaos');
  await scenario(page, title).getByRole('button', { name: 'Run' }).click();
  return page;
}

/** Waits for the end of the story, every line of which has to come true. */
async function endsAsPromised(page: Page, title: string): Promise<void> {
  const story = scenario(page, title).locator('.story');
  await story.locator('.badge').waitFor({ timeout: LONG_MS });
  expect(await story.locator('ol li.bad').allTextContents()).toEqual([]);
  expect(await story.locator('.badge').textContent()).toBe('As promised');
}

describeBrowser('a scenario', () => {
  beforeAll(async () => {
    // The payment outage shows the open circuit breaker for ten seconds.
    console = await Console.start({ BREAKER_PAYMENT_RESET_MS: '12000', BREAKER_INVENTORY_RESET_MS: '2000' });
  });
  afterAll(async () => {
    await console.stop();
  });

  it('payment outage: orders are rejected, the picture shows the open circuit breaker, stock is released, and payment recovers', async () => {
    const [picture, rejected, stock] = await Promise.all(
      ['live', 'orders?status=REJECTED', 'inventory'].map((hash) => console.open(hash)),
    );
    const page = await run('Payment outage');
    const breaker = picture?.locator('.breaker', { hasText: 'breaker to payment' });
    await breaker?.filter({ hasText: 'open' }).waitFor();
    await picture?.locator('.node', { hasText: 'payment' }).getByText('fails 100 %').waitFor();
    await picture?.locator('.node', { hasText: 'order' }).getByText('Degraded').waitFor();
    await rejected
      ?.getByRole('row', { name: /PAYMENT_UNAVAILABLE/ })
      .nth(7)
      .waitFor();
    await stock?.getByRole('listitem').filter({ hasText: 'prod2' }).getByText('100 available').waitFor();
    await endsAsPromised(page, 'Payment outage');
    await breaker?.filter({ hasText: 'closed' }).waitFor();
    await picture?.locator('.node', { hasText: 'payment' }).getByText('moves the money').waitFor();
    nothingWasComplainedOf(console);
  });

  it('slow inventory: orders are accepted at once, and confirmed later', async () => {
    await endsAsPromised(await run('Slow inventory'), 'Slow inventory');
  });

  it('lost answers: nothing is done twice', async () => {
    await endsAsPromised(await run('Lost answers'), 'Lost answers');
  });

  it('continues while another view is open, can be stopped there, and leaves no faults behind', async () => {
    const page = await run('Slow inventory');
    await shows(page, 'Inventory is slow.');
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.locator('.running').getByText('Slow inventory').waitFor();
    await page.locator('.running').getByRole('button', { name: 'Stop' }).click();
    await page.locator('.running').waitFor({ state: 'detached' });
    const { body } = await console.system.inventory.get('/chaos');
    expect(body.enabled).toBe(false);
  });
});

describeBrowser('a service', () => {
  beforeAll(async () => {
    console = await Console.start();
  });
  afterAll(async () => {
    await console.stop();
  });

  it('can be disturbed by hand for a limited time, and calmed', async () => {
    const page = await console.open('live');
    await page.getByRole('link', { name: /^shipping/ }).click();
    const form = page.getByRole('form', { name: 'Disturb shipping' });
    await form.getByLabel('Fails %').fill('0');
    await form.getByLabel('Drops answers %').fill('30');
    await form.getByLabel('For s').fill('200');
    await form.getByRole('button', { name: 'Disturb' }).click();
    const { body } = await eventuallyDisturbed();
    expect(body).toMatchObject({ enabled: true, failureRate: 0, dropRate: 0.3 });
    await shows(page, /^drops 30 %, \d+ s left$/);
    await form.getByRole('button', { name: 'Calm' }).click();
    await page.locator('#disturb-shipping').getByText('Calm', { exact: true }).first().waitFor();
    nothingWasComplainedOf(console);
  });

  it('that stops is shown as down, and as up after its restart', async () => {
    const page = await console.open('live');
    const node = page.locator('.node', { hasText: 'product' });
    await node.getByText('Up').waitFor();
    await console.system.kill('product');
    await node.getByText('Down').waitFor();
    await console.system.revive('product');
    await node.getByText('Up').waitFor();
  });

  it('of a system that is not open to chaos cannot be disturbed, and the view says so', async () => {
    const closed = await Console.start({ CHAOS_API: 'false' });
    const page = await closed.open('chaos');
    await shows(page, 'The services are not open to chaos.');
    await closed.stop();
  });
});

const eventuallyDisturbed = async () => {
  for (;;) {
    const got = await console.system.shipping.get('/chaos');
    if (got.body.enabled) return got;
  }
};
