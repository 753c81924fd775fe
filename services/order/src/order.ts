import type { Address } from '@oms/shared/contracts/common';
import type { OrderStatus } from '@oms/shared/contracts/order';
import type { Carrier } from '@oms/shared/contracts/shipping';
import { Refusal } from '@oms/shared/errors';
import type { OrderEvent } from './order-events.ts';

/** An order is what its events say, and nothing else: `apply` is the only way it changes. */
export interface Order {
  id: string;
  status: OrderStatus;
  customer: { id: string; name?: string; email?: string };
  items: readonly Item[];
  totalCents: number;
  currency: string;
  shippingAddress?: Address;
  paymentMethod: string;
  autoConfirm: boolean;
  holdMs: number;
  /** How it travels; set when its fulfilment starts. */
  carrier?: Carrier;
  reservation?: { status: string };
  payment?: { id: string; status: string };
  shipment?: { id: string; trackingNumber: string; carrier: string; status: string; labelUrl: string };
  failure?: Failure;
  needsAttention: boolean;
  /** The placing saga gives up waiting for stock to be confirmed at this time. */
  deadline: number;
  /** An order that awaits its confirmation is cancelled at this time. */
  holdUntil?: number;
  saga?: SagaProgress;
  /** How often what participants answered, and remember, became void: the next requests have keys of their own. */
  voided: number;
  traceId: string;
  version: number;
  createdAt: number;
  updatedAt: number;
}

export interface Item {
  productId: string;
  name?: string;
  quantity: number;
  priceCents: number;
}

export interface Failure {
  code: string;
  reason: string;
  /** True when another attempt may succeed: somebody could not be reached. */
  unavailable?: boolean;
  details?: Record<string, unknown>;
}

export type SagaName = 'place-order' | 'fulfil-order' | 'cancel-order' | 'return-order';

/** How far the unfinished saga of an order is known to have come. */
export interface SagaProgress {
  name: SagaName;
  phase: 'forward' | 'undoing';
  startedAt: number;
  /** The version of the order that its start made; the event of that number says what caused it. */
  startedBy: number;
  done: readonly string[];
  /** Steps that may have happened although nobody knows. */
  doubtful: readonly string[];
  /** A runner of it died: any step may have started. */
  interrupted: boolean;
  pivotPassed: boolean;
  toUndo: readonly string[];
  failure?: Failure;
  /** How often it had to wait for the step it is at. */
  rounds: number;
  nextAt?: number;
  trouble?: string;
}

/**
 * Orders and their progress are copied with every event. V8 does that quickly as long as a copy gets no field that was not
 * there before: so all of them are there from the beginning.
 */
const EMPTY_ORDER = {
  id: undefined,
  status: undefined,
  customer: undefined,
  items: undefined,
  totalCents: undefined,
  currency: undefined,
  shippingAddress: undefined,
  paymentMethod: undefined,
  autoConfirm: undefined,
  holdMs: undefined,
  carrier: undefined,
  reservation: undefined,
  payment: undefined,
  shipment: undefined,
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

const EMPTY_PROGRESS = {
  name: undefined,
  phase: 'forward',
  startedAt: undefined,
  startedBy: undefined,
  done: [],
  doubtful: [],
  interrupted: false,
  pivotPassed: false,
  toUndo: [],
  failure: undefined,
  rounds: 0,
  nextAt: undefined,
  trouble: undefined,
} satisfies { [field in keyof Required<SagaProgress>]: unknown };

export function apply(order: Order | undefined, event: OrderEvent): Order {
  const { at, traceId } = event;
  if (event.type === 'order.placed') {
    const { orderId: id, customer, items, totalCents, currency, shippingAddress, paymentMethod } = event.data;
    const { autoConfirm, holdMs, deadline } = event.data;
    return {
      ...EMPTY_ORDER,
      id,
      status: 'PENDING',
      customer,
      items,
      totalCents,
      currency,
      shippingAddress,
      paymentMethod,
      autoConfirm,
      holdMs,
      deadline,
      saga: startOf('place-order', at, 1),
      voided: 0,
      traceId,
      version: 1,
      createdAt: at,
      updatedAt: at,
    };
  }
  if (!order) throw new Error(`the first event of an order cannot be ${event.type}`);
  return { ...EMPTY_ORDER, ...order, ...changed(order, event), version: order.version + 1, updatedAt: at };
}

type LaterEvent = Exclude<OrderEvent, { type: 'order.placed' }>;

function changed(order: Order, event: LaterEvent): Partial<Order> {
  switch (event.type) {
    case 'order.address-changed':
      return { shippingAddress: event.data.shippingAddress };
    case 'order.status-changed': {
      const { newStatus, failure, shipment } = event.data;
      return {
        status: newStatus,
        failure: failure ?? order.failure,
        holdUntil: newStatus === 'AWAITING_CONFIRMATION' ? event.at + order.holdMs : undefined,
        shipment: shipment ?? order.shipment,
        ...(order.saga?.phase === 'undoing' ? {} : over),
      };
    }
    case 'saga.started': {
      const { saga, carrier = order.carrier, shippingAddress = order.shippingAddress } = event.data;
      return { saga: startOf(saga, event.at, order.version + 1), carrier, shippingAddress, failure: undefined };
    }
    case 'saga.undone':
      return { ...over, failure: event.data.failure, voided: order.voided + 1 };
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

type ProgressEvent = Exclude<
  LaterEvent,
  { type: `order.${string}` | 'saga.started' | 'saga.undone' | 'saga.needs-attention' }
>;

const progressed = (saga: SagaProgress, event: ProgressEvent): SagaProgress => ({
  ...EMPTY_PROGRESS,
  ...saga,
  ...progress(saga, event),
});

function progress(saga: SagaProgress, event: ProgressEvent): Partial<SagaProgress> {
  switch (event.type) {
    case 'saga.step-done':
      return { done: [...saga.done, event.data.step], ...unhindered };
    case 'saga.step-retried':
    case 'saga.step-unknown': {
      const { step, reason: trouble, mayHaveHappened } = event.data;
      return { doubtful: mayHaveHappened ? withName(saga.doubtful, step) : saga.doubtful, trouble };
    }
    case 'saga.step-refused':
    case 'saga.undo-failed':
      return { trouble: event.data.reason };
    case 'saga.pivot-passed':
      return { pivotPassed: true };
    case 'saga.waiting':
      return { nextAt: event.data.until, rounds: event.data.round, trouble: event.data.reason };
    case 'saga.resumed':
      return { interrupted: true, nextAt: undefined };
    case 'saga.undoing':
      return { phase: 'undoing', toUndo: event.data.steps, failure: event.data.failure, ...unhindered };
    case 'saga.step-undone':
      return { toUndo: saga.toUndo.filter((step) => step !== event.data.step) };
    case 'saga.intervened':
      return { nextAt: undefined };
    default:
      return never(event);
  }
}

const over = { saga: undefined, needsAttention: false };
const unhindered = { rounds: 0, nextAt: undefined, trouble: undefined };
const withName = (names: readonly string[], name: string) => (names.includes(name) ? names : [...names, name]);

function startOf(name: SagaName, startedAt: number, startedBy: number): SagaProgress {
  return { ...EMPTY_PROGRESS, name, phase: 'forward', startedAt, startedBy };
}

function sagaOf({ id, saga }: Order): SagaProgress {
  if (!saga) throw new Error(`order ${id} has no unfinished saga`);
  return saga;
}

function never(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}

export const rebuild = (events: readonly OrderEvent[]): Order | undefined =>
  events.reduce<Order | undefined>(apply, undefined);

/** What a command may follow on. A saga under way rules every command out but its cancellation. */
const MAY_FOLLOW: Record<'confirm' | 'process' | 'fulfill' | 'cancel' | 'return' | 'deliver', readonly OrderStatus[]> =
  {
    confirm: ['AWAITING_CONFIRMATION'],
    process: ['CONFIRMED'],
    fulfill: ['CONFIRMED', 'PROCESSING'],
    cancel: ['PENDING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'],
    return: ['DELIVERED'],
    deliver: ['SHIPPED'],
  };
export type Command = keyof typeof MAY_FOLLOW;

export function mayFollow(order: Order, command: Command): void {
  const { id, status, saga } = order;
  const busy = saga && (command !== 'cancel' || saga.phase === 'undoing' || saga.pivotPassed);
  if (!busy && MAY_FOLLOW[command].includes(status)) return;
  const state = saga ? `${status}, and its ${saga.name} is under way` : status;
  throw new Refusal(409, 'INVALID_TRANSITION', `Order ${id} is ${state}: it cannot be told to ${command}.`, {
    orderStatus: status,
  });
}

/** Until it leaves, and while nobody is sending it already. */
export function mayChangeAddress({ id, status, saga }: Order): void {
  const settled = !saga || saga.name === 'place-order';
  const open: OrderStatus[] = ['PENDING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'];
  if (settled && open.includes(status)) return;
  throw new Refusal(409, 'ORDER_NOT_EDITABLE', `Order ${id} is ${status}: its address cannot be changed any more.`, {
    orderStatus: status,
  });
}
