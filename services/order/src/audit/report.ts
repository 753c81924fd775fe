import type { Audit } from '@oms/shared/contracts/operations';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import type { World } from '@oms/shared/world';
import { Gauge } from 'prom-client';

interface Parts {
  metrics: Metrics;
  log: Logger;
  world: Pick<World, 'now'>;
  /** How often the books are compared; 0: only on request. */
  everyMs: number;
}

/** Shows in metrics and in the log what an audit has found. */
export function createAuditReport({ metrics, log, world, everyMs }: Parts): (audit: Audit) => void {
  const registers = [metrics.registry];
  const found = new Gauge({
    name: 'audit_discrepancies',
    help: 'Discrepancies that the last audit found',
    labelNames: ['kind'] as const,
    registers,
  });
  const balance = new Gauge({
    name: 'audit_balanced',
    help: '1 when the last audit found the books balanced',
    registers,
  });
  const finished = new Gauge({
    name: 'audit_finished_timestamp_seconds',
    help: 'When the last audit ended; of several replicas, the newest counts',
    registers,
  });
  const interval = new Gauge({
    name: 'audit_interval_seconds',
    help: 'How often the books are compared; 0: only when somebody asks',
    registers,
  });
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
      log.warn('the books do not balance', { kind, id, detail });
    }
  };
}
