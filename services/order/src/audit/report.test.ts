import { expect, it } from '@jest/globals';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { createAuditReport } from './report.ts';

const discrepancy = (kind: string, id: string) => ({ kind, id, detail: `what is wrong with ${id}` });
const audit = (...discrepancies: ReturnType<typeof discrepancy>[]) => ({
  ...{ balanced: discrepancies.length === 0, checkedOrders: 3, inFlight: 0, discrepancies },
});

const INTERVAL = 'audit_interval_seconds{service="order"} 60';

function reporting() {
  const metrics = createMetrics('order');
  const log = createLogger('order', 'silent');
  const warnings: unknown[] = [];
  log.warn = ((...said: unknown[]) => warnings.push(said)) as never;
  const report = createAuditReport({ metrics, log, world: { now: () => 1_500 }, everyMs: 60_000 });
  const samples = async () => (await metrics.registry.metrics()).match(/^audit_.*$/gm) ?? [];
  return { report, samples, warnings };
}

it('before the first audit only the interval is shown', async () => {
  const { samples } = reporting();
  expect(await samples()).toEqual([INTERVAL]);
});

it('each discrepancy is counted by its kind and logged', async () => {
  const { report, samples, warnings } = reporting();
  report(
    audit(
      discrepancy('MONEY_MISMATCH', 'o1'),
      discrepancy('STOCK_MISMATCH', 'p1'),
      discrepancy('MONEY_MISMATCH', 'o2'),
    ),
  );
  expect(await samples()).toEqual([
    'audit_discrepancies{kind="MONEY_MISMATCH",service="order"} 2',
    'audit_discrepancies{kind="STOCK_MISMATCH",service="order"} 1',
    'audit_balanced{service="order"} 0',
    'audit_finished_timestamp_seconds{service="order"} 1.5',
    INTERVAL,
  ]);
  expect(warnings).toHaveLength(3);
  expect(warnings).toContainEqual(['the books do not balance', discrepancy('STOCK_MISMATCH', 'p1')]);
  const ofAnOrder = { ...discrepancy('MONEY_MISMATCH', 'o1'), orderId: 'o1' };
  expect(warnings).toContainEqual(['the books do not balance', ofAnOrder]);
});

it('only the last audit counts', async () => {
  const { report, samples } = reporting();
  report(audit(discrepancy('MONEY_MISMATCH', 'o1')));
  report(audit());
  expect(await samples()).toEqual([
    'audit_balanced{service="order"} 1',
    'audit_finished_timestamp_seconds{service="order"} 1.5',
    INTERVAL,
  ]);
});
