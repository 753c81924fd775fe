import type { Address } from '@oms/shared/contracts/common';
import type { OrderStatus } from '@oms/shared/contracts/order';
import type { Carrier } from '@oms/shared/contracts/shipping';
import type { Part } from './lines.ts';
import type { Charge } from './shares.ts';

export type SagaName = 'place-order' | 'fulfil-order' | 'cancel-order' | 'return-order' | 'refund-order';

export interface Customer {
  id: string;
  name?: string;
  email?: string;
  phone?: string;
}

export interface Item {
  productId: string;
  name?: string;
  quantity: number;
  /** Absent in a refused order if neither catalog nor customer named a price: it adds nothing to the total. */
  priceCents?: number;
}

/** As shipping last reported it; `sequence` is how many entries its history had then. */
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
  /** True when another attempt may succeed: a service could not be reached. */
  unavailable?: boolean;
  details?: Record<string, unknown>;
}

/** What the order keeps of the participants' answers. */
export interface Facts {
  reservation?: { status: string };
  payment?: { id: string; status: string; capturesOnce?: true };
  shipment?: Parcel;
}

/** A part of an order that was carried out, with the money that was moved for it. */
interface PartDone {
  orderId: string;
  number: number;
  items: readonly Part[];
  amountCents: number;
  currency: string;
  decimals?: number | undefined;
  reason?: string | undefined;
  by?: string | undefined;
}

/** What sagas do with parts of an order. Each kind is numbered; a number is never used twice, whatever became of it. */
export type PartKind = 'parcel' | 'cancellation' | 'return' | 'refund';

/** The part of an order that a saga works on. */
export interface SagaPart {
  kind: PartKind;
  number: number;
  items: readonly Part[];
  /** What a parcel takes, what the others give back. */
  cents: number;
  /** It was the last that was open, and nothing was taken: what was authorized is given up. */
  voids?: true;
  /** The returned goods do not go back to stock. */
  lost?: true;
  /** Who wants it. */
  by?: string;
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
  /** False when the call cannot have reached the participant. */
  mayHaveHappened: boolean;
}

interface DataOf {
  'order.placed': {
    orderId: string;
    customer: Customer;
    items: readonly Item[];
    charges?: readonly Charge[] | undefined;
    totalCents: number;
    currency: string;
    /** How many decimals the currency has; absent in old orders: two. */
    decimals?: number;
    /** The hold of stock that it takes over. */
    holdId?: string | undefined;
    shippingAddress?: Address;
    paymentMethod: string;
    autoConfirm: boolean;
    /** How long the order is held while it awaits its confirmation. */
    holdMs: number;
    deadline: number;
    /** How long the client waits for the answer. */
    waitMs?: number | undefined;
    /** It was refused before any participant was called: its rejection follows, and no saga runs. */
    refusedAtOnce?: true;
  };
  'order.address-changed': { shippingAddress: Address };
  /** In old histories, which have no `saga.done`, it ends a saga that goes forward. */
  'order.status-changed': {
    orderId: string;
    oldStatus: OrderStatus;
    newStatus: OrderStatus;
    reason?: string;
    failure?: Failure;
    shipment?: Parcel | undefined;
    /** Parts of the order are told by events of their own. */
    inParts?: true;
    /** A rejection in the same write as the placing. */
    refusedAtOnce?: true;
  };
  'order.parcel-shipped': PartDone & { shipment: Parcel };
  'order.lines-cancelled': PartDone;
  'order.lines-returned': PartDone & { restocked: boolean };
  'order.refunded': PartDone;
  /** Where the parcel is now, and why an operator is needed, if one is. */
  'order.parcel-moved': { orderId: string; shipment: Parcel; attention?: string };
  'saga.started': {
    saga: SagaName;
    reason?: string | undefined;
    carrier?: Carrier;
    shippingAddress?: Address;
    part?: SagaPart | undefined;
  };
  'saga.step-done': Tried & { result: Facts };
  'saga.step-refused': Tried & { code: string; reason: string };
  'saga.step-unknown': Tried & Doubt;
  'saga.step-retried': StepData & Doubt & { attempt: number; waitMs: number; breaker: string };
  /** From here on the saga only goes forward. */
  'saga.pivot-passed': StepData;
  /** After a refusal, too, where there is no way back: the participant may say yes later. */
  'saga.waiting': StepData & { until: number; round: number; reason: string; refused?: true };
  /** Another runner took over from one that died. */
  'saga.resumed': { saga: SagaName };
  'saga.undoing': { saga: SagaName; steps: readonly string[]; failure: Failure };
  'saga.undo-failed': Tried & { reason: string };
  'saga.step-undone': Tried & { result: Facts };
  /** The end of a saga that went forward. */
  'saga.done': { saga: SagaName };
  /** The end of a saga that was undone. */
  'saga.undone': { saga: SagaName; failure: Failure };
  'saga.needs-attention': { saga: SagaName; reason: string };
  'saga.intervened': { saga: SagaName; action: 'retry' | 'compensate' | 'resolve'; note?: string };
}

export type OrderEventType = keyof DataOf;
export type OrderEvent = {
  [T in OrderEventType]: { type: T; data: DataOf[T]; at: number; traceId: string };
}[OrderEventType];
export type LaterEvent = Exclude<OrderEvent, { type: 'order.placed' }>;
/** An event as it is decided. Its trace, and its time unless given, are added when it is written. */
export type Decided = { [T in OrderEventType]: { type: T; data: DataOf[T]; at?: number } }[OrderEventType];
