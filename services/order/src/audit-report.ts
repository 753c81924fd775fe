import type { Audit } from '@oms/shared/contracts/operations';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import { Gauge } from 'prom-client';

/** Tells whoever watches what an audit has found. */
export function createAuditReport({ metrics, log }: { metrics: Metrics; log: Logger }): (audit: Audit) => void {
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
  // Nobody knows before the first audit.
  balance.remove();

  return ({ balanced, discrepancies }) => {
    balance.set(balanced ? 1 : 0);
    found.reset();
    for (const { kind, id, detail } of discrepancies) {
      found.inc({ kind });
      log.warn('the books do not balance', { kind, id, detail });
    }
  };
}
