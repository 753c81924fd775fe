import type { Order as ApiOrder } from '@oms/shared/contracts/order';
import { cancelOrder } from '@oms/shared/contracts/order-commands';
import { placeOrder } from '@oms/shared/contracts/order-endpoints';
import { problem } from '@oms/shared/http/problem';
import { replyOf } from '@oms/shared/http/reply';
import type { ShipmentLinks } from '@oms/shared/http/shipment-links';
import { toAmount } from '@oms/shared/money';
import type { Answer } from '@oms/shared/store/store';
import type { WaitingRequest } from '../book/order-book.ts';
import { totalOf } from '../domain/charges.ts';
import type { Failure, Parcel } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import { parcelTrouble } from '../domain/parcel-trouble.ts';
import { partsOf } from '../domain/parts.ts';
import type { SagaProgress } from '../domain/saga-progress.ts';
import { lineIdAt } from '../domain/shares.ts';
import { sagas } from '../sagas/all.ts';
import { stepOf } from '../sagas/saga.ts';

const replyPlaced = replyOf(placeOrder);
/** Every other command is answered like a cancellation: with the order now, or as accepted. */
const replyChanged = replyOf(cancelOrder);

/** The order as clients see it, and the answers to requests that wait for its saga. */
export class Answers {
  constructor(private readonly links: Pick<ShipmentLinks, 'label' | 'tag'>) {}

  readonly render = (order: Order): ApiOrder => {
    const { id, status, customer, items, charges = [], totalCents, currency, decimals } = order;
    const { shippingAddress, paymentMethod, failure } = order;
    const { lines, parcels, capturedCents, refundedCents } = partsOf(order);
    const amount = (cents: number) => toAmount(cents, decimals);
    return {
      id,
      orderId: id,
      status,
      customer,
      items: items.map(({ productId, name, quantity, priceCents }, i) => ({
        lineId: lineIdAt(i),
        productId,
        name,
        quantity,
        price: priceCents === undefined ? undefined : amount(priceCents),
        lineTotal: priceCents === undefined ? undefined : amount(priceCents * quantity),
        ...lines[i],
      })),
      subtotal: amount(totalOf(items)),
      charges: charges.map(({ kind, label, cents, lineId }) => ({
        kind,
        label,
        amount: amount(Math.abs(cents)),
        lineId,
      })),
      total: amount(totalCents),
      captured: amount(capturedCents),
      refunded: amount(refundedCents),
      currency,
      shippingAddress,
      paymentMethod,
      reservation: order.reservation,
      payment: order.payment as ApiOrder['payment'],
      shipment: order.shipment && this.#parcel(order.shipment),
      shipments: parcels.map((one) => ({ ...this.#parcel(one), parcel: one.number, items: [...one.items] })),
      failure: failure && { code: failure.code, reason: failure.reason },
      saga: order.saga && renderSaga(order, order.saga),
      needsAttention: order.needsAttention,
      attentionReason: order.needsAttention
        ? (order.saga?.trouble ?? parcelTrouble(status, order.shipment?.status))
        : undefined,
      version: order.version,
      createdAt: new Date(order.createdAt).toISOString(),
      updatedAt: new Date(order.updatedAt).toISOString(),
    };
  };

  readonly order = (order: Order): Answer => replyChanged(200, this.render(order), { ETag: this.#tag(order) });

  /** Its saga is not finished yet. */
  readonly accepted = (order: Order): Answer =>
    replyChanged(202, this.render(order), { ETag: this.#tag(order), ...locationOf(order) });

  /** The answer to a request once the saga that it started has ended, or another saga has taken its place. */
  readonly settled = (order: Order, request: WaitingRequest): Answer => {
    const { id, status, failure } = order;
    if (failure) return failureAnswer(order, failure, request);
    if (request.saga !== 'cancel-order' && (status === 'CANCELLING' || status === 'CANCELLED')) {
      const detail = 'The order was cancelled meanwhile.';
      return problem(request, 409, 'ORDER_CANCELLED', detail, { orderId: id }, locationOf(order));
    }
    if (request.saga !== 'place-order') return this.order(order);
    return replyPlaced(201, this.render(order), { ETag: this.#tag(order), ...locationOf(order) });
  };

  /** With the label's link as it can be opened now, not as it was when the parcel was booked. */
  readonly shipment = <S extends { trackingNumber: string }>(shipment: S): S =>
    Object.assign({}, shipment, { labelUrl: this.links.label(shipment.trackingNumber) });

  /** The label's link changes every day, and the tag with it. */
  #tag(order: Order): string {
    return order.shipment ? this.links.tag(versionTag(order)) : versionTag(order);
  }

  #parcel({ id, trackingNumber, carrier, status, labelUrl }: Parcel): NonNullable<ApiOrder['shipment']> {
    return this.shipment({ id, trackingNumber, carrier, status, labelUrl }) as NonNullable<ApiOrder['shipment']>;
  }
}

function renderSaga(order: Order, progress: SagaProgress): ApiOrder['saga'] {
  const { name, phase, startedAt, rounds, nextAt, trouble } = progress;
  return {
    name,
    step: stepOf(sagas[name], order, progress),
    phase,
    since: new Date(startedAt).toISOString(),
    attempts: rounds,
    nextTryAt: nextAt === undefined ? undefined : new Date(nextAt).toISOString(),
    reason: trouble,
  };
}

const locationOf = ({ id }: Order) => ({ Location: `/orders/${id}` });

export const versionTag = ({ version }: Order): string => `"${version}"`;

function failureAnswer(order: Order, { code, reason, unavailable, details }: Failure, request: WaitingRequest): Answer {
  const more = { orderId: order.id, ...details };
  if (unavailable) return problem(request, 503, code, reason, more, { ...locationOf(order), 'Retry-After': '30' });
  return problem(request, code === 'PAYMENT_DECLINED' ? 402 : 409, code, reason, more, locationOf(order));
}
