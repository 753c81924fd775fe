import { afterAll, beforeAll, it, jest } from '@jest/globals';
import { Console, describeBrowser, nothingWasComplainedOf, SUITE_MS, shows } from './console.ts';

jest.setTimeout(SUITE_MS);

let console: Console;

describeBrowser('an order that is stuck', () => {
  beforeAll(async () => {
    console = await Console.start({ SAGA_UNDO_ALERT_AFTER: '1000' });
  });
  afterAll(async () => {
    await console.stop();
  });

  it('can be found from the picture, retried, and resolved by hand', async () => {
    await console.system.payment.put('/chaos', { failureRate: 1, ttlSeconds: 3_600 });
    const page = await console.open('live');
    const id = await console.order({ customerId: 'unlucky' });

    await page.locator('.tile', { hasText: 'Need an operator' }).getByRole('link', { name: '1' }).click();
    await page
      .getByRole('row', { name: /unlucky.*needs an operator/ })
      .getByRole('link')
      .click();
    await shows(page, id);
    await shows(page, 'Needs an operator');

    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByRole('form', { name: 'Retry now' }).getByRole('button').click();
    await shows(page, 'An operator: retry');

    await page.getByRole('button', { name: 'Resolve by hand' }).click();
    await page.getByLabel('What was done by hand').fill('voided by phone');
    await page.getByRole('form', { name: 'Resolve by hand' }).getByRole('button').click();
    await shows(page, 'An operator: resolve');
    await shows(page, 'voided by phone');
    await page.locator('.head .alarm').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Resolve by hand' }).waitFor({ state: 'detached' });
    nothingWasComplainedOf(console);
  });
});
