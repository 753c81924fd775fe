import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Console, describeBrowser, nothingWasComplainedOf, SUITE_MS, shows } from './console.ts';

jest.setTimeout(SUITE_MS);

let console: Console;

describeBrowser('when a service is restarted', () => {
  beforeAll(async () => {
    console = await Console.start();
  });
  afterAll(async () => {
    await console.stop();
  });

  it('the page survives a restart of the gateway, and misses no event', async () => {
    const page = await console.open('orders');
    await page.locator('.connection.ok').waitFor();
    await console.system.kill('gateway');
    await shows(page, 'Reconnecting');
    const cart = { customerId: 'meanwhile', items: [{ productId: 'prod1', quantity: 1 }] };
    await console.system.order.post('/orders', cart);
    await console.system.revive('gateway');
    await page.getByRole('row', { name: /meanwhile.*Confirmed/ }).waitFor();
    await page.locator('.connection.ok').waitFor();
  });

  it('a view that is opened while the gateway is down loads when it is up again', async () => {
    const page = await console.open('orders');
    await page.locator('.connection.ok').waitFor();
    await console.system.kill('gateway');
    await page.getByRole('link', { name: 'Inventory' }).click();
    await shows(page, 'The gateway does not answer. Is it running?');
    await console.system.revive('gateway');
    await shows(page, 'Wool blanket');
    await page.locator('.problem').waitFor({ state: 'detached' });
  });

  it('an order service that lost its memory is noticed, and the new orders are shown', async () => {
    const page = await console.open('orders');
    await page.getByRole('row', { name: /meanwhile/ }).waitFor();
    await console.system.kill('order');
    await console.system.revive('order');
    await shows(page, 'No orders yet.');
    await console.order({ customerId: 'afterwards' });
    await page.getByRole('row', { name: /afterwards/ }).waitFor();
    const audit = await console.open('audit');
    await shows(audit, 'Not balanced');
    expect(await audit.locator('.discrepancies li').count()).toBeGreaterThan(0);
    nothingWasComplainedOf(console);
  });
});
