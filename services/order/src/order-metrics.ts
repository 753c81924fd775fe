import type { Store } from '@oms/shared/store/store';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import type { World } from '@oms/shared/world';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Order } from './order.ts';
import type { OrderDoc } from './order-book.ts';
import type { OrderEvent } from './order-events.ts';

export interface OrderMetrics {
  happened(events: readonly OrderEvent[], order: Order | undefined): void;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const STEP_OUTCOMES: Partial<Record<OrderEvent['type'], string>> = {
  'saga.step-done': 'done',
  'saga.step-refused': 'refused',
  'saga.step-unknown': 'unknown',
  'saga.step-undone': 'undone',
};

/** What the events of orders mean in numbers. */
export function createOrderMetrics(
  { registry }: Metrics,
  store: Store<OrderDoc>,
  world: Pick<World, 'now'>,
): OrderMetrics {
  const registers = [registry];
  const orders = new Counter({
    name: 'orders_total',
    help: 'Orders that reached a status',
    labelNames: ['status'] as const,
    registers,
  });
  const processing = new Histogram({
    name: 'order_processing_duration_seconds',
    help: 'From the placing of an order until it was confirmed or rejected',
    buckets: BUCKETS,
    registers,
  });
  const steps = new Histogram({
    name: 'saga_step_duration_seconds',
    help: 'Duration of saga steps, retries included',
    labelNames: ['saga', 'step', 'outcome'] as const,
    buckets: BUCKETS,
    registers,
  });
  new Gauge({
    name: 'sagas_unfinished',
    help: 'Unfinished sagas',
    labelNames: ['state'] as const,
    registers,
    async collect() {
      for (const state of ['running', 'stuck']) this.set({ state }, await store.count({ saga: state }));
    },
  });
  new Gauge({
    name: 'saga_oldest_unfinished_seconds',
    help: 'Age of the order that has waited longest for its saga',
    registers,
    async collect() {
      const oldest = await Promise.all(['running', 'stuck'].map((saga) => store.list({ where: { saga }, limit: 1 })));
      const starts = oldest.flatMap(({ items }) => items.map(({ data }) => data.order.saga?.startedAt ?? world.now()));
      this.set(starts.length === 0 ? 0 : (world.now() - Math.min(...starts)) / 1000);
    },
  });
  return {
    happened(events, order) {
      for (const event of events) {
        const outcome = STEP_OUTCOMES[event.type];
        if (outcome) {
          const { saga, step, ms } = event.data as { saga: string; step: string; ms: number };
          steps.observe({ saga, step, outcome }, ms / 1000);
        } else if (event.type === 'order.placed') {
          orders.inc({ status: 'PENDING' });
        } else if (event.type === 'order.status-changed') {
          orders.inc({ status: event.data.newStatus });
          if (event.data.oldStatus === 'PENDING' && order) processing.observe((event.at - order.createdAt) / 1000);
        }
      }
    },
  };
}
