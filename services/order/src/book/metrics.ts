import type { OrderStatus } from '@oms/shared/contracts/order';
import { toAmount } from '@oms/shared/money';
import type { Store } from '@oms/shared/store/store';
import { gaugeFromStore } from '@oms/shared/telemetry/from-store';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import type { World } from '@oms/shared/world';
import type { OrderEvent, SagaName } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import { createMoneyMetrics, labelOf } from './money-metrics.ts';
import type { OrderDoc } from './order-book.ts';

type Valued = Pick<Order, 'totalCents' | 'currency' | 'decimals'>;

export interface OrderMetrics {
  happened(events: readonly OrderEvent[], order: Order | undefined): void;
  /** A run of a saga failed unexpectedly. */
  runFailed(saga: SagaName): void;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const STEP_OUTCOMES: Partial<Record<OrderEvent['type'], string>> = {
  'saga.step-done': 'done',
  'saga.step-refused': 'refused',
  'saga.step-unknown': 'unknown',
  'saga.step-undone': 'undone',
  'saga.undo-failed': 'undo-failed',
};
/** With `unfinished`, which has the index. */
const UNFINISHED = ['running', 'stuck'].map((saga) => ({ unfinished: 'yes', saga }));

/** The metrics that events of orders move. */
export function createOrderMetrics(metrics: Metrics, store: Store<OrderDoc>, world: Pick<World, 'now'>): OrderMetrics {
  const { counter, histogram } = metrics;
  const orders = counter('orders_total', 'Orders that reached a status', 'status');
  const value = counter(
    'orders_value_total',
    'Value of the orders that reached a status, in units of the currency',
    'status',
    'currency',
  );
  const rejected = counter(
    'orders_rejected_total',
    'Orders that were rejected, by the code that their customers were told',
    'code',
  );
  const processing = histogram(
    'order_processing_duration_seconds',
    'From the placing of an order until it was confirmed or rejected',
    BUCKETS,
  );
  const steps = histogram(
    'saga_step_duration_seconds',
    'Duration of saga steps, retries included',
    BUCKETS,
    'saga',
    'step',
    'outcome',
  );
  const failed = counter(
    'saga_runs_failed_total',
    'Runs of sagas that failed unexpectedly; the orders are taken up again',
    'saga',
  );
  const moneyMoved = createMoneyMetrics(metrics);
  showUnfinished(metrics, store, world);
  const reached = (status: OrderStatus, { totalCents, currency, decimals }: Valued) => {
    orders.inc({ status });
    value.inc({ status, currency: labelOf(currency) }, toAmount(totalCents, decimals));
  };
  return {
    runFailed: (saga) => failed.inc({ saga }),
    happened(events, order) {
      for (const event of events) {
        const outcome = STEP_OUTCOMES[event.type];
        if (outcome) {
          const { saga, step, ms } = event.data as { saga: string; step: string; ms: number };
          steps.observe({ saga, step, outcome }, ms / 1000);
        } else if (event.type === 'order.placed') {
          reached('PENDING', event.data);
        } else if (event.type === 'order.status-changed' && order) {
          const { oldStatus, newStatus, failure } = event.data;
          reached(newStatus, order);
          if (newStatus === 'REJECTED') rejected.inc({ code: failure?.code ?? 'NONE' });
          if (oldStatus === 'PENDING') processing.observe((event.at - order.createdAt) / 1000);
        }
        if (order) moneyMoved(event, order);
      }
    },
  };
}

function showUnfinished(metrics: Pick<Metrics, 'registry'>, store: Store<OrderDoc>, world: Pick<World, 'now'>): void {
  const unfinished = { name: 'sagas_unfinished', help: 'Unfinished sagas', labelNames: ['state'] as const };
  gaugeFromStore(metrics, unfinished, () =>
    Promise.all(UNFINISHED.map(async (where) => ({ labels: { state: where.saga }, value: await store.count(where) }))),
  );
  const help = 'Age of the order that has waited longest for its saga';
  gaugeFromStore(metrics, { name: 'saga_oldest_unfinished_seconds', help }, async () => {
    const oldest = await Promise.all(UNFINISHED.map((where) => store.list({ where, limit: 1 })));
    const starts = oldest.flatMap(({ items }) => items.map(({ data }) => data.order.saga?.startedAt ?? world.now()));
    return [{ value: starts.length === 0 ? 0 : (world.now() - Math.min(...starts)) / 1000 }];
  });
}
