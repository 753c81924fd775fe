import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RunningService } from '@oms/shared/service/process';
import { json, startTarget, type Target } from '../../../../tests/support/call-target.ts';
import { ask } from '../../../../tests/support/tiny-service.ts';
import { until } from '../../../../tests/support/until.ts';
import { readConfig } from '../config.ts';
import { start } from '../main.ts';

const RESERVATIONS = '/inventory/reservations?limit=200';

let others: Target;
let running: RunningService;
beforeEach(async () => {
  others = await startTarget();
  const names = ['INVENTORY', 'PAYMENT', 'SHIPPING'];
  const urls = Object.fromEntries(names.map((name) => [`${name}_SERVICE_URL`, others.url]));
  const env = { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', PRODUCT_SERVICE_URL: 'none', AUDIT_EVERY_MS: '0' };
  running = await start(readConfig({ ...env, ...urls }));
});
afterEach(async () => {
  await running.stop();
  await others.close();
});

const audit = () => ask(`http://127.0.0.1:${running.port}/audit`);
const begun = () => others.requests.filter(({ path }) => path === RESERVATIONS).length;

it('requests at the same time share an audit, and those during an audit share the next', async () => {
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  others.answer = async (_req, res) => {
    await held;
    json(res, 200, { items: [], nextCursor: null });
  };
  const requests = [audit()];
  await until(() => begun() === 1);
  requests.push(...Array.from({ length: 100 }, audit));
  for (let i = 0; i < 10; i++) await ask(`http://127.0.0.1:${running.port}/health`);
  expect(begun()).toBe(1);
  go();
  for (const { status, body } of await Promise.all(requests)) {
    expect([status, body]).toEqual([200, { balanced: true, checkedOrders: 0, inFlight: 0, discrepancies: [] }]);
  }
  // One for the first request, one for those during it, and perhaps one for those that arrived after that.
  expect(begun()).toBeGreaterThanOrEqual(2);
  expect(begun()).toBeLessThanOrEqual(4);
});
