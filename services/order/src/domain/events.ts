import type { Address } from '@oms/shared/contracts/common';
import type { OrderStatus } from '@oms/shared/contracts/order';
import type { Carrier } from '@oms/shared/contracts/shipping';

export type SagaName = 'place-order' | 'fulfil-order' | 'cancel-order' | 'return-order';

export interface Customer {
  id: string;
  name?: string;
  email?: string;
}

export interface Item {
  productId: string;
  name?: string;
  quantity: number;
  /** Absent in a refused order, when neither catalog nor customer said what it costs: it adds nothing to the total. */
  priceCents?: number;
}

/** As shipping last told of it; `sequence` says how many entries its history had then. */
export interface Parcel {
  id: string;
  trackingNumber: string;
  carrier: string;
  status: string;
  labelUrl: string;
  sequence?: number;
}

export interface Failure {
  code: string;
  reason: string;
  /** True when another attempt may succeed: somebody could not be reached. */
  unavailable?: boolean;
  details?: Record<string, unknown>;
}

/** What participants told the saga, kept with the order. */
export interface Facts {
  reservation?: { status: string };
  payment?: { id: string; status: string };
  shipment?: Parcel;
}

interface StepData {
  saga: SagaName;
  step: string;
}
interface Tried extends StepData {
  attempts: number;
  ms: number;
}

interface Doubt {
  reason: string;
  /** False when nothing can have reached the participant. */
  mayHaveHappened: boolean;
}

interface DataOf {
  'order.placed': {
    orderId: string;
    customer: Customer;
    items: readonly Item[];
    totalCents: number;
    currency: string;
    /** How many places the cents stand for; absent, as before currencies had their own: two. */
    decimals?: number;
    shippingAddress?: Address;
    paymentMethod: string;
    autoConfirm: boolean;
    /** How long it is held once it awaits its confirmation. */
    holdMs: number;
    deadline: number;
    /** How long whoever placed it waits for the answer. */
    waitMs?: number | undefined;
    /** It cannot be had, as was known before anybody was asked for it: its rejection follows, and no saga runs. */
    refusedAtOnce?: true;
  };
  'order.address-changed': { shippingAddress: Address };
  /** In histories from before `saga.done`, it ends a saga that goes forward. */
  'order.status-changed': {
    orderId: string;
    oldStatus: OrderStatus;
    newStatus: OrderStatus;
    reason?: string;
    failure?: Failure;
    shipment?: Parcel | undefined;
    /** A rejection that came with the order's placing. */
    refusedAtOnce?: true;
  };
  /** Where it is now, and why that needs an operator, if so. */
  'order.parcel-moved': { orderId: string; shipment: Parcel; attention?: string };
  'saga.started': { saga: SagaName; reason?: string; carrier?: Carrier; shippingAddress?: Address };
  'saga.step-done': Tried & { result: Facts };
  'saga.step-refused': Tried & { code: string; reason: string };
  'saga.step-unknown': Tried & Doubt;
  'saga.step-retried': StepData & Doubt & { attempt: number; waitMs: number; breaker: string };
  /** From here on the saga only goes forward. */
  'saga.pivot-passed': StepData;
  /** After a refusal too, where there is no way back: the refusal may not last. */
  'saga.waiting': StepData & { until: number; round: number; reason: string; refused?: true };
  /** Another runner took over from one that died. */
  'saga.resumed': { saga: SagaName };
  'saga.undoing': { saga: SagaName; steps: readonly string[]; failure: Failure };
  'saga.undo-failed': Tried & { reason: string };
  'saga.step-undone': Tried & { result: Facts };
  /** Ends a saga that went forward, … */
  'saga.done': { saga: SagaName };
  /** … and one that was given up, once nothing of it is left. */
  'saga.undone': { saga: SagaName; failure: Failure };
  'saga.needs-attention': { saga: SagaName; reason: string };
  'saga.intervened': { saga: SagaName; action: 'retry' | 'compensate' | 'resolve'; note?: string };
}

export type OrderEventType = keyof DataOf;
export type OrderEvent = {
  [T in OrderEventType]: { type: T; data: DataOf[T]; at: number; traceId: string };
}[OrderEventType];
export type LaterEvent = Exclude<OrderEvent, { type: 'order.placed' }>;
/** An event as it is decided; when, and in which trace, is added where it is written, unless it is known better. */
export type Decided = { [T in OrderEventType]: { type: T; data: DataOf[T]; at?: number } }[OrderEventType];
