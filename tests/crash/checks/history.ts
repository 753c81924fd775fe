import { isDeepStrictEqual } from 'node:util';
import type { OrderEvent } from '@oms/order/dist/domain/events.js';
import { rebuild } from '@oms/order/dist/domain/order.js';
import type { StoredEvent } from '@oms/shared/store/store';
import type { Evidence, Violation } from './violation.ts';

const LAST = ['REJECTED', 'CANCELLED', 'RETURNED', 'DELIVERED'];
const mayFollow = (before: string, after: string): boolean =>
  !LAST.includes(before) || before === after || (before === 'DELIVERED' && /RETURNED$/.test(after));

/** An order is what its events say, and final statuses stay. */
export function* history({ records, told }: Pick<Evidence, 'records' | 'told'>): Iterable<Violation> {
  const streams = byStream(records.orderEvents);
  for (const [id, { version, data }] of records.orders) {
    const events = streams.get(id) ?? [];
    const gap = events.findIndex((event, i) => event.version !== i + 1);
    if (gap >= 0 || events.length !== version) {
      yield { rule: 'gapless', id, detail: `version ${version}, ${events.length} events, first gap at ${gap}` };
    }
    // As it is stored: without undefined fields.
    const rebuilt = JSON.parse(JSON.stringify(rebuild(events as unknown as OrderEvent[]) ?? null)) as unknown;
    if (!isDeepStrictEqual(rebuilt, data.order)) {
      yield {
        rule: 'rebuilt',
        id,
        detail: `${JSON.stringify(rebuilt)} from events, ${JSON.stringify(data.order)} kept`,
      };
    }
    yield* transitions(id, events);
  }
  for (const id of streams.keys())
    if (!records.orders.has(id)) yield { rule: 'gapless', id, detail: 'events of no order' };

  for (const [id, sights] of told.sights) {
    const answered = told.versions.get(id) ?? [];
    const final = records.orders.get(id)?.data.order.status ?? 'gone';
    for (const { status, version, from, to } of sights) {
      const least = Math.max(0, ...answered.filter(({ at }) => at < from).map((answer) => answer.version));
      if (version < least)
        yield { rule: 'versions', id, detail: `a write was answered ${least}, then ${version} read` };
      if (!mayFollow(status, final)) yield { rule: 'terminal', id, detail: `seen ${status}, is ${final}` };
      for (const later of sights.filter(({ from }) => from > to)) {
        if (!mayFollow(status, later.status)) yield { rule: 'terminal', id, detail: `${status}, then ${later.status}` };
        if (later.version < version) yield { rule: 'versions', id, detail: `${version}, then ${later.version}` };
      }
    }
  }
}

function* transitions(id: string, events: readonly StoredEvent[]): Iterable<Violation> {
  let status = 'PENDING';
  for (const { type, data } of events) {
    if (type !== 'order.status-changed') continue;
    const { oldStatus, newStatus } = data as { oldStatus: string; newStatus: string };
    if (oldStatus !== status)
      yield { rule: 'transition', id, detail: `${status}, but an event says from ${oldStatus}` };
    if (!mayFollow(status, newStatus)) yield { rule: 'terminal', id, detail: `${status} became ${newStatus}` };
    status = newStatus;
  }
}

function byStream<E extends { stream: string }>(events: readonly E[]): Map<string, E[]> {
  const streams = new Map<string, E[]>();
  for (const event of events) {
    const known = streams.get(event.stream);
    if (known) known.push(event);
    else streams.set(event.stream, [event]);
  }
  return streams;
}
