import type { Order } from '@oms/order/dist/domain/order.js';
import type { Payment } from '@oms/payment/dist/domain/payment.js';
import type { ShippingDoc } from '@oms/shipping/dist/domain/shipment.js';
import { inParts } from './in-parts.ts';
import { moneyOf } from './money.ts';
import type { Evidence, Violation } from './violation.ts';

interface Wanted {
  reservation: readonly string[];
  payment: readonly string[];
  shipment: readonly string[];
}

const NONE = 'none';
const HELD: Wanted = { reservation: ['RESERVED'], payment: ['AUTHORIZED'], shipment: [NONE, 'CANCELLED'] };
const NOTHING: Wanted = {
  reservation: [NONE, 'RELEASED'],
  payment: [NONE, 'VOIDED', 'DECLINED', 'REFUNDED'],
  shipment: [NONE, 'CANCELLED'],
};
const onTheWay = ['LABEL_GENERATED', 'IN_TRANSIT', 'EXCEPTION', 'RETURNED'];

const GIVEN_UP = ['REJECTED', 'CANCELLED'];

/** The records of the participants for each final status of an order. Any other status is not settled. */
const WANTED: Record<string, Wanted> = {
  AWAITING_CONFIRMATION: HELD,
  CONFIRMED: HELD,
  PROCESSING: HELD,
  PARTIALLY_SHIPPED: NOTHING,
  PARTIALLY_RETURNED: NOTHING,
  SHIPPED: { reservation: ['COMMITTED'], payment: ['CAPTURED'], shipment: onTheWay },
  DELIVERED: { reservation: ['COMMITTED'], payment: ['CAPTURED'], shipment: ['DELIVERED'] },
  RETURNED: { reservation: ['RESTOCKED'], payment: ['REFUNDED'], shipment: ['DELIVERED', 'RETURNED'] },
  REJECTED: NOTHING,
  CANCELLED: NOTHING,
};

/** Every order is settled, and the participants hold exactly what its status says. */
export function* settled({ records, told }: Pick<Evidence, 'records' | 'told'>): Iterable<Violation> {
  const { orders, reservations, payments, shipments } = records;
  for (const [id, { data }] of orders) {
    const { status, saga, totalCents } = data.order;
    const wanted = WANTED[status];
    if (saga || !wanted || data.lease) {
      yield {
        rule: 'settled',
        id,
        detail: `${status}, saga ${saga?.name ?? 'none'}, lease ${data.lease !== undefined}`,
      };
      continue;
    }
    if (data.order.parts && !GIVEN_UP.includes(status)) {
      yield* inParts(data.order, data.order.parts, { records, told });
      continue;
    }
    const shipment = shipments.get(id)?.find(({ parcel }) => parcel === undefined);
    const is = {
      reservation: reservations.get(id)?.status ?? NONE,
      payment: payments.get(id)?.status ?? NONE,
      shipment: shipment?.kind === 'shipment' ? shipment.status : NONE,
    };
    for (const part of ['reservation', 'payment', 'shipment'] as const) {
      if (!wanted[part].includes(is[part]))
        yield { rule: part, id, detail: `${status}, but its ${part} is ${is[part]}` };
    }
    yield* followed(id, data.order, shipment);
    yield* balance(id, status, totalCents, payments.get(id));
  }
  for (const [name, docs] of Object.entries({ reservations, payments, shipments })) {
    for (const id of docs.keys()) if (!orders.has(id)) yield { rule: 'orphan', id, detail: `${name}, but no order` };
  }
}

/** An order knows the status of its parcel, and a problem with it needs attention. */
function* followed(id: string, order: Order, shipment: ShippingDoc | undefined): Iterable<Violation> {
  if (shipment?.kind !== 'shipment' || shipment.status === 'CANCELLED') return;
  const known = order.shipment?.status;
  if (known !== shipment.status)
    yield { rule: 'followed', id, detail: `its shipment is ${shipment.status}, but it knows of ${known}` };
  const isInTrouble = order.status === 'SHIPPED' && ['EXCEPTION', 'RETURNED'].includes(shipment.status);
  if (order.needsAttention !== isInTrouble)
    yield { rule: 'followed', id, detail: `${shipment.status}, and attention needed: ${order.needsAttention}` };
}

function* balance(id: string, status: string, totalCents: number, payment: Payment | undefined): Iterable<Violation> {
  const { authorized, captured, refunded } = moneyOf(payment);
  const wanted = status === 'SHIPPED' || status === 'DELIVERED' ? totalCents : 0;
  if (captured - refunded !== wanted) {
    yield {
      rule: 'balance',
      id,
      detail: `${status} over ${totalCents}, but ${captured} captured, ${refunded} refunded`,
    };
  }
  if (WANTED[status] === HELD && authorized !== totalCents) {
    yield { rule: 'balance', id, detail: `${status} over ${totalCents}, but ${authorized} authorized` };
  }
}
