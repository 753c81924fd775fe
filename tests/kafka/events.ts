import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';

/** The n-th event of an order. */
export const eventOf = (orderId: string, n: number, data: Record<string, unknown> = {}): CloudEvent => ({
  specversion: '1.0',
  id: `${orderId}-${n}`,
  source: '/order',
  type: 'order.status-changed',
  subject: orderId,
  time: '2026-01-31T12:00:00.000Z',
  datacontenttype: 'application/json',
  sequence: String(n),
  dataversion: '2',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  data: { orderId, oldStatus: 'PENDING', newStatus: 'CONFIRMED', ...data },
});

export const eventsOf = (orderIds: readonly string[], count: number): CloudEvent[] =>
  Array.from({ length: count }, (_, i) => orderIds.map((orderId) => eventOf(orderId, i + 1))).flat();

export const quiet = () => ({ log: createLogger('test', 'silent'), metrics: createMetrics('test') });

/** The sequence numbers by subject, each at its first occurrence. */
export function firstSightings(seen: readonly Pick<CloudEvent, 'subject' | 'sequence'>[]): Map<string, number[]> {
  const bySubject = new Map<string, Set<number>>();
  for (const { subject, sequence } of seen) {
    bySubject.set(subject, (bySubject.get(subject) ?? new Set()).add(Number(sequence)));
  }
  return new Map([...bySubject].map(([subject, sequences]) => [subject, [...sequences]]));
}
