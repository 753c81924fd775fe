import type { Address } from '@oms/shared/contracts/common';
import type { OrderStatus } from '@oms/shared/contracts/order';
import type { Carrier } from '@oms/shared/contracts/shipping';
import type { Customer, Failure, Item, LaterEvent, OrderEvent, Parcel } from './events.ts';
import { type Parts, withParcelMoved, withPartBegun, withPartDone } from './parts.ts';
import { progressed, type SagaProgress, startOf } from './saga-progress.ts';
import type { Charge } from './shares.ts';

/** An order is made of its events alone: `apply` is the only way it changes. */
export interface Order {
  id: string;
  status: OrderStatus;
  customer: Customer;
  items: readonly Item[];
  charges?: readonly Charge[];
  totalCents: number;
  currency: string;
  /** How many decimals the currency has; absent in old orders: two. */
  decimals?: number;
  /** The hold of stock that it takes over. */
  holdId?: string;
  shippingAddress?: Address;
  /** How often its address was changed. */
  addressChanges?: number;
  paymentMethod: string;
  autoConfirm: boolean;
  holdMs: number;
  /** Set when its fulfilment starts. */
  carrier?: Carrier;
  reservation?: { status: string };
  payment?: { id: string; status: string; capturesOnce?: true };
  /** The newest parcel. */
  shipment?: Parcel;
  /** Absent while it is treated as a whole. */
  parts?: Parts;
  failure?: Failure;
  needsAttention: boolean;
  /** The placing saga waits until this time for stock to be reserved. */
  deadline: number;
  /** An order that awaits its confirmation expires at this time. */
  holdUntil?: number;
  saga?: SagaProgress;
  /** How often the answers that participants remember became void. The next calls have other keys. */
  voided: number;
  traceId: string;
  version: number;
  createdAt: number;
  updatedAt: number;
}

/** Every event copies the order. V8 copies fast if no field is added: so all are there from the beginning. */
const EMPTY_ORDER = {
  id: undefined,
  status: undefined,
  customer: undefined,
  items: undefined,
  charges: undefined,
  totalCents: undefined,
  currency: undefined,
  decimals: undefined,
  holdId: undefined,
  shippingAddress: undefined,
  addressChanges: undefined,
  paymentMethod: undefined,
  autoConfirm: undefined,
  holdMs: undefined,
  carrier: undefined,
  reservation: undefined,
  payment: undefined,
  shipment: undefined,
  parts: undefined,
  failure: undefined,
  needsAttention: false,
  deadline: undefined,
  holdUntil: undefined,
  saga: undefined,
  voided: 0,
  traceId: undefined,
  version: 0,
  createdAt: undefined,
  updatedAt: undefined,
} satisfies { [field in keyof Required<Order>]: unknown };

export function apply(order: Order | undefined, event: OrderEvent): Order {
  const { at, traceId } = event;
  if (event.type === 'order.placed') {
    const {
      orderId: id,
      customer,
      items,
      charges,
      totalCents,
      currency,
      decimals,
      holdId,
      shippingAddress,
    } = event.data;
    const { paymentMethod, autoConfirm, holdMs, deadline, refusedAtOnce } = event.data;
    return {
      ...EMPTY_ORDER,
      id,
      status: 'PENDING',
      customer,
      items,
      charges,
      totalCents,
      currency,
      decimals,
      holdId,
      shippingAddress,
      paymentMethod,
      autoConfirm,
      holdMs,
      deadline,
      saga: refusedAtOnce ? undefined : startOf('place-order', at, 1),
      traceId,
      version: 1,
      createdAt: at,
      updatedAt: at,
    };
  }
  if (!order) throw new Error(`the first event of an order cannot be ${event.type}`);
  return { ...EMPTY_ORDER, ...order, ...changed(order, event), version: order.version + 1, updatedAt: at };
}

function changed(order: Order, event: LaterEvent): Partial<Order> {
  switch (event.type) {
    case 'order.address-changed':
      return { shippingAddress: event.data.shippingAddress, addressChanges: (order.addressChanges ?? 0) + 1 };
    case 'order.status-changed': {
      const { newStatus, failure, shipment } = event.data;
      return {
        status: newStatus,
        failure: failure ?? order.failure,
        holdUntil: newStatus === 'AWAITING_CONFIRMATION' ? event.at + order.holdMs : undefined,
        shipment: shipment ?? order.shipment,
        parts: shipment && order.parts ? withParcelMoved(order.parts, shipment) : order.parts,
        ...(order.saga?.phase === 'undoing' ? {} : over),
      };
    }
    case 'order.parcel-moved': {
      const { shipment, attention } = event.data;
      const isNewest = !order.parts || shipment.id === order.shipment?.id;
      return {
        shipment: isNewest ? shipment : order.shipment,
        parts: order.parts && withParcelMoved(order.parts, shipment),
        needsAttention: attention !== undefined,
      };
    }
    case 'order.parcel-shipped':
    case 'order.lines-cancelled':
    case 'order.lines-returned':
    case 'order.refunded':
      return { parts: withPartDone(order, event) };
    case 'saga.started': {
      const { saga, reason, carrier = order.carrier, shippingAddress = order.shippingAddress, part } = event.data;
      const progress = startOf(saga, event.at, order.version + 1, reason, part);
      return {
        saga: progress,
        parts: part ? withPartBegun(order, part) : order.parts,
        carrier,
        shippingAddress,
        failure: undefined,
        needsAttention: false,
      };
    }
    case 'saga.done':
      return over;
    case 'saga.undone':
      return {
        ...over,
        shipment: order.parts?.parcels.at(-1) ?? order.shipment,
        failure: event.data.failure,
        voided: order.voided + 1,
      };
    case 'saga.needs-attention':
      return { needsAttention: true };
    case 'saga.step-done':
    case 'saga.step-undone':
      return { ...event.data.result, saga: progressed(sagaOf(order), event) };
    case 'saga.undoing':
      return { failure: event.data.failure, saga: progressed(sagaOf(order), event) };
    case 'saga.waiting':
      return { saga: progressed(sagaOf(order), event), voided: order.voided + (event.data.refused ? 1 : 0) };
    default:
      return { saga: progressed(sagaOf(order), event) };
  }
}

const over = { saga: undefined, needsAttention: false };
function sagaOf({ id, saga }: Order): SagaProgress {
  if (!saga) throw new Error(`order ${id} has no unfinished saga`);
  return saga;
}

export const rebuild = (events: readonly OrderEvent[]): Order | undefined =>
  events.reduce<Order | undefined>(apply, undefined);
