import type { OrderEvent, OrderEventType, SagaName } from '../src/domain/events.ts';
import { type Order, rebuild } from '../src/domain/order.ts';

/** Orders made from their history, for tests of what is decided from them. */

export const START = Date.UTC(2026, 0, 1);
const TRACE_ID = 'a'.repeat(32);

type DataOf<T extends OrderEventType> = Extract<OrderEvent, { type: T }>['data'];

export const event = <T extends OrderEventType>(type: T, data: DataOf<T>, at = START): OrderEvent =>
  ({ type, data, at, traceId: TRACE_ID }) as unknown as OrderEvent;

export const placed = (change: Partial<DataOf<'order.placed'>> = {}): OrderEvent =>
  event('order.placed', {
    orderId: 'O1',
    customer: { id: 'C1' },
    items: [
      { productId: 'PROD1', quantity: 2, priceCents: 1_010 },
      { productId: 'PROD2', name: 'Lamp', quantity: 1, priceCents: 999 },
    ],
    totalCents: 3_019,
    currency: 'USD',
    paymentMethod: 'tok_visa',
    autoConfirm: true,
    holdMs: 60_000,
    deadline: START + 900_000,
    ...change,
  });

export const changedTo = (newStatus: Order['status'], more: Partial<DataOf<'order.status-changed'>> = {}): OrderEvent =>
  event('order.status-changed', { orderId: 'O1', oldStatus: 'PENDING', newStatus, ...more });
export const started = (saga: SagaName): OrderEvent => event('saga.started', { saga });
export const failure = { code: 'NOT_TODAY', reason: 'not today' };

export const after = (...events: OrderEvent[]): Order => rebuild([placed(), ...events]) as Order;
/** An order of this status whose saga, if any, has just begun. */
export const orderIn = (status: Order['status'], saga?: SagaName): Order =>
  after(changedTo(status), ...(saga ? [started(saga)] : []));

export const shipment = {
  id: 'S1',
  trackingNumber: 'TRK1',
  carrier: 'STANDARD',
  status: 'LABEL_GENERATED',
  labelUrl: '/l',
};
export const address = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
