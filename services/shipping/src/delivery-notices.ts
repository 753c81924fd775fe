import { setMaxListeners } from 'node:events';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { Outcome } from '@oms/shared/resilience/outcome';
import { decide } from '@oms/shared/store/aggregate';
import { DueWork } from '@oms/shared/store/due-work';
import type { Store } from '@oms/shared/store/store';
import type { Logger } from '@oms/shared/telemetry/logger';
import { recordJob, type Tracer } from '@oms/shared/telemetry/span';
import { traceFrom } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { shipments } from './documents.ts';
import { heard, type Notice, type Shipment, type ShippingDoc, unheard } from './domain/shipment.ts';

interface Parts {
  store: Store<ShippingDoc>;
  world: World;
  log: Logger;
  orders: Pick<ServiceClient, 'call'>;
  tracer?: Tracer | undefined;
  pollMs?: number;
}

type Due = Shipment & { notice: Notice };

/** The most notices under way at once. */
const AT_ONCE = 20;

/** Tells the order service of every parcel that has moved, again and again until it answers. */
export function startDeliveryNotices(parts: Parts): { stop(): Promise<void> } {
  const { store, world, log, orders, tracer, pollMs } = parts;
  const stopping = new AbortController();
  // Every notice under way listens: many listeners are no leak.
  setMaxListeners(0, stopping.signal);

  async function tell(id: string): Promise<void> {
    const found = await store.read(id);
    const due = found?.data;
    if (!isDue(due)) return;
    const [moved] = await store.events({ stream: id, after: String((found?.version ?? 1) - 1), limit: 1 });
    const by = { traceId: due.notice.traceId };
    const cause = traceFrom({ ...by, spanId: moved?.spanId }, world.random);
    const hasMovedOn = await recordJob(tracer, cause, 'tell of a parcel', 'internal', async (span, trace) => {
      span?.set({ 'order.id': due.orderId, attempt: due.notice.attempts + 1 });
      const outcome = await orders.call({
        method: 'PUT',
        path: `/orders/${due.orderId}/shipment`,
        route: '/orders/{id}/shipment',
        body: { shipmentId: due.shipmentId, status: due.status, sequence: due.history.length },
        key: `${due.shipmentId}:${due.history.length}`,
        signal: stopping.signal,
        trace,
      });
      const settled = isSettled(outcome);
      if (stopping.signal.aborted && !settled) return false;
      report(due, outcome);
      const { result } = await decide<ShippingDoc, boolean>(parts, [id], by, (docs, now) => {
        const known = docs.get(id)?.data;
        // Another replica sent the same notice; the order service takes a key only once.
        if (!isDue(known) || known.notice.attempts !== due.notice.attempts) return {};
        if (known.history.length !== due.history.length) return { result: settled };
        return { put: [shipments.put(settled ? heard(known) : unheard(known, known.notice, now))] };
      });
      return result;
    });
    if (hasMovedOn) await tell(id);
  }

  function report({ orderId, shipmentId, status, notice }: Due, outcome: Outcome<unknown>): void {
    const about = { orderId, shipmentId, status, attempts: notice.attempts + 1, traceId: notice.traceId };
    if (outcome.kind === 'done') return void log.info('the order service has heard of the parcel', about);
    if (!isSettled(outcome)) {
      return void log.warn('the order service has not heard of the parcel yet', { ...about, reason: outcome.reason });
    }
    const { code, reason } = outcome;
    // The parcel was not booked by the order service: the audit names it.
    if (code === 'ORDER_NOT_FOUND') return void log.warn('a parcel has no order', about);
    log.error('the order does not follow its parcel', { ...about, code, reason });
  }

  const telling = new DueWork({
    due: (now, limit) => store.due(now, limit),
    onNews: (look) => store.onEvents(look),
    ...{ world, log, what: 'notices of parcels', atOnce: AT_ONCE, pollMs, work: tell },
  });
  telling.start();
  return {
    async stop() {
      stopping.abort();
      await telling.stop();
    },
  };
}

const isDue = (doc: ShippingDoc | undefined): doc is Due => doc?.kind === 'shipment' && doc.notice !== undefined;

/** An older order service, without this route, will be replaced by a newer one. */
const isSettled = (outcome: Outcome<unknown>): outcome is Exclude<Outcome<unknown>, { kind: 'unknown' }> =>
  outcome.kind !== 'unknown' && !(outcome.kind === 'refused' && outcome.code === 'ROUTE_NOT_FOUND');
