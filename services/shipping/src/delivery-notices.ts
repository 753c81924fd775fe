import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome, ServiceClient } from '@oms/shared/resilience/client';
import type { Store } from '@oms/shared/store/store';
import type { Logger } from '@oms/shared/telemetry/logger';
import { recordJob, type Tracer } from '@oms/shared/telemetry/span';
import { traceFrom } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { record } from './record.ts';
import { heard, type Notice, type Shipment, type ShippingDoc, unheard } from './shipment.ts';

interface Parts {
  store: Store<ShippingDoc>;
  world: World;
  log: Logger;
  orders: Pick<ServiceClient, 'call'>;
  tracer?: Tracer | undefined;
  pollMs?: number;
}

type Due = Shipment & { notice: Notice };

/** How many notices are under way at once. */
const AT_ONCE = 20;

/** Tells the order service of every delivery until it has heard. What is still to be told stands in the store, not here. */
export function startDeliveryNotices(parts: Parts): { stop(): Promise<void> } {
  const { store, world, log, orders, tracer, pollMs = 1_000 } = parts;
  const stopping = new AbortController();
  // Every notice under way listens: many are no leak.
  setMaxListeners(0, stopping.signal);
  const underWay = new Map<string, Promise<void>>();
  let sleep = new AbortController();
  const wake = () => sleep.abort();
  const stopListening = store.onEvents(wake);

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      sleep = new AbortController();
      await startDue().catch((error) => log.error('the store cannot be asked for delivery notices', { error }));
      if (!stopping.signal.aborted) await pause(pollMs, undefined, { signal: sleep.signal }).catch(() => {});
    }
    stopListening();
    await Promise.all(underWay.values());
  }

  async function startDue(): Promise<void> {
    for (const id of await store.due(world.now(), AT_ONCE)) {
      if (underWay.has(id)) continue;
      underWay.set(
        id,
        tell(id).finally(() => underWay.delete(id)),
      );
    }
  }

  async function tell(id: string): Promise<void> {
    try {
      await tellOrThrow(id);
    } catch (error) {
      log.error('a delivery notice failed', { error, document: id });
    }
  }

  async function tellOrThrow(id: string): Promise<void> {
    const found = await store.read(id);
    const due = found?.data;
    if (!isDue(due)) return;
    const [delivered] = await store.events({ stream: id, after: String((found?.version ?? 1) - 1), limit: 1 });
    const cause = traceFrom({ traceId: due.notice.traceId, spanId: delivered?.spanId }, world.random);
    await recordJob(tracer, cause, 'tell of a delivery', 'internal', async (span) => {
      span?.set({ 'order.id': due.orderId, attempt: due.notice.attempts + 1 });
      const outcome = await orders.call({
        method: 'PUT',
        path: `/orders/${due.orderId}/status`,
        body: { status: 'DELIVERED' },
        key: `${due.shipmentId}:delivered`,
        signal: stopping.signal,
      });
      if (stopping.signal.aborted && outcome.kind === 'unknown') return;
      report(due, outcome);
      await store.write([id], undefined, (docs) => {
        const known = docs.get(id)?.data;
        // Another replica told as well; the order service hears the same key only once.
        if (!isDue(known) || known.notice.attempts !== due.notice.attempts) return {};
        const settled = outcome.kind !== 'unknown';
        return { put: [record(settled ? heard(known) : unheard(known, known.notice, world.now()))] };
      });
    });
  }

  function report({ orderId, shipmentId, notice }: Due, outcome: Outcome<unknown>): void {
    const about = { orderId, shipmentId, attempts: notice.attempts + 1 };
    if (outcome.kind === 'done') return void log.info('the order service has heard of the delivery', about);
    if (outcome.kind === 'unknown') {
      return void log.warn('the order service has not heard of the delivery yet', { ...about, reason: outcome.reason });
    }
    const { code, reason } = outcome;
    log.error('the order does not follow its delivery', { ...about, code, reason });
  }

  const ended = run();
  return {
    async stop() {
      stopping.abort();
      wake();
      await ended;
    },
  };
}

const isDue = (doc: ShippingDoc | undefined): doc is Due => doc?.kind === 'shipment' && doc.notice !== undefined;
