import type { Audit } from '@oms/shared/contracts/operations';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import type { World } from '@oms/shared/world';

interface Parts {
  metrics: Metrics;
  log: Logger;
  world: Pick<World, 'now'>;
  /** How often the books are compared; 0: only on request. */
  everyMs: number;
}

const OF_A_PRODUCT = new Set(['STOCK_MISMATCH', 'RESERVED_MISMATCH', 'STOCK_NEGATIVE']);

/** Shows in metrics and in the log what an audit has found. */
export function createAuditReport({ metrics, log, world, everyMs }: Parts): (audit: Audit) => void {
  const { gauge } = metrics;
  const found = gauge('audit_discrepancies', 'Discrepancies that the last audit found', 'kind');
  const balance = gauge('audit_balanced', '1 when the last audit found the books balanced');
  const finished = gauge(
    'audit_finished_timestamp_seconds',
    'When the last audit ended; of several replicas, the newest counts',
  );
  const interval = gauge('audit_interval_seconds', 'How often the books are compared; 0: only when somebody asks');
  interval.set(everyMs / 1000);
  // Unknown before the first audit.
  balance.remove();
  finished.remove();

  return ({ balanced, discrepancies }) => {
    balance.set(balanced ? 1 : 0);
    finished.set(world.now() / 1000);
    found.reset();
    for (const { kind, id, detail } of discrepancies) {
      found.inc({ kind });
      log.warn('the books do not balance', { kind, id, detail, ...(OF_A_PRODUCT.has(kind) ? {} : { orderId: id }) });
    }
  };
}
