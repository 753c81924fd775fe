import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { MemoryStore } from '@oms/shared/store/memory';
import { createLogger } from '@oms/shared/telemetry/logger';
import { realWorld } from '@oms/shared/world';
import { auditRegularly } from './schedule.ts';

const HOUR = 60 * 60_000;

let store: MemoryStore<unknown>;
let stopping: { stop(): void }[];
let warnings: unknown[];
beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 1), doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  store = new MemoryStore(realWorld);
  stopping = [];
  warnings = [];
});
afterEach(() => {
  for (const regular of stopping) regular.stop();
  jest.useRealTimers();
});

/** A replica with this audit. Counts the audits. */
function replica(everyMs: number, work: () => Promise<unknown> = async () => {}) {
  const audit = jest.fn(async () => {
    await work();
    return { balanced: true, checkedOrders: 0, inFlight: 0, discrepancies: [] };
  });
  const log = createLogger('order', 'silent');
  log.warn = ((...said: unknown[]) => warnings.push(said)) as never;
  stopping.push(auditRegularly({ audit, store, world: realWorld, log, everyMs }));
  return audit;
}
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

it('the books are compared soon after the start, and then once in every interval', async () => {
  const audit = replica(HOUR);
  await pass(2 * 60_000);
  expect(audit).toHaveBeenCalledTimes(1);
  await pass(10 * HOUR);
  expect(audit.mock.calls.length).toBeGreaterThanOrEqual(10);
  expect(audit.mock.calls.length).toBeLessThanOrEqual(11);
});

it('one of several replicas compares them, and after its shutdown another does', async () => {
  const audits = [replica(HOUR), replica(HOUR), replica(HOUR)];
  const all = () => audits.reduce((sum, audit) => sum + audit.mock.calls.length, 0);
  await pass(4.5 * HOUR);
  expect(all()).toBe(5);
  stopping[0]?.stop();
  stopping[1]?.stop();
  await pass(HOUR);
  expect(all()).toBe(6);
});

it('a restart does not compare them again before the interval is over', async () => {
  replica(HOUR);
  await pass(2 * 60_000);
  stopping[0]?.stop();
  const audit = replica(HOUR);
  await pass(HOUR / 2);
  expect(audit).not.toHaveBeenCalled();
  await pass(HOUR / 2);
  expect(audit).toHaveBeenCalledTimes(1);
});

it('an audit that takes longer than the interval runs alone', async () => {
  const audit = replica(HOUR, () => new Promise((resolve) => setTimeout(resolve, 3.5 * HOUR)));
  await pass(3 * HOUR);
  expect(audit).toHaveBeenCalledTimes(1);
  await pass(HOUR);
  expect(audit).toHaveBeenCalledTimes(2);
});

it('an audit that fails is logged, and runs again in the next interval', async () => {
  const audit = replica(HOUR, async () => {
    throw new Error('payment does not answer');
  });
  await pass(1.5 * HOUR);
  expect(audit).toHaveBeenCalledTimes(2);
  expect(warnings).toHaveLength(2);
});

it('an interval of 0 means never', async () => {
  const audit = replica(0);
  await pass(24 * HOUR);
  expect(audit).not.toHaveBeenCalled();
});
