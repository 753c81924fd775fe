import type { Order as ApiOrder } from '@oms/shared/contracts/order';
import { problem, reply } from '@oms/shared/http/answer';
import type { ShipmentLinks } from '@oms/shared/http/shipment-links';
import { toAmount } from '@oms/shared/money';
import type { Answer } from '@oms/shared/store/store';
import type { WaitingRequest } from '../book/order-book.ts';
import type { Failure, Parcel } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import { parcelTrouble } from '../domain/parcel-trouble.ts';
import type { SagaProgress } from '../domain/saga-progress.ts';
import { sagas } from '../sagas/all.ts';
import { stepOf } from '../sagas/saga.ts';

/** How an order looks from outside, and what those who wait for its saga are answered. */
export class Answers {
  constructor(private readonly links: Pick<ShipmentLinks, 'label' | 'tag'>) {}

  readonly render = (order: Order): ApiOrder => {
    const { id, status, customer, items, totalCents, currency, decimals, shippingAddress, paymentMethod, failure } =
      order;
    return {
      id,
      status,
      customer,
      items: items.map(({ productId, name, quantity, priceCents }) => ({
        productId,
        name,
        quantity,
        price: priceCents === undefined ? undefined : toAmount(priceCents, decimals),
        lineTotal: priceCents === undefined ? undefined : toAmount(priceCents * quantity, decimals),
      })),
      total: toAmount(totalCents, decimals),
      currency,
      shippingAddress,
      paymentMethod,
      reservation: order.reservation,
      payment: order.payment as ApiOrder['payment'],
      shipment: order.shipment && this.#parcel(order.shipment),
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

  readonly order = (order: Order, status = 200, headers: Record<string, string> = {}): Answer =>
    reply(status, this.render(order), {
      ETag: order.shipment ? this.links.tag(versionTag(order)) : versionTag(order),
      ...headers,
    });

  /** Accepted, and not finished yet. */
  readonly accepted = (order: Order): Answer => this.order(order, 202, locationOf(order));

  /** What a request is answered once the saga that it started has ended, or another has taken its place. */
  readonly settled = (order: Order, asked: WaitingRequest): Answer => {
    const { id, status, failure } = order;
    if (failure) return failureAnswer(order, failure, asked);
    if (asked.saga !== 'cancel-order' && (status === 'CANCELLING' || status === 'CANCELLED')) {
      const detail = 'The order was cancelled meanwhile.';
      return problem(asked, 409, 'ORDER_CANCELLED', detail, { orderId: id }, locationOf(order));
    }
    return asked.saga === 'place-order' ? this.order(order, 201, locationOf(order)) : this.order(order);
  };

  /** The link as it can be opened now, not as it was when the parcel was booked. */
  readonly shipment = <S extends { trackingNumber: string }>(shipment: S): S =>
    Object.assign({}, shipment, { labelUrl: this.links.label(shipment.trackingNumber) });

  #parcel({ id, trackingNumber, carrier, status, labelUrl }: Parcel): ApiOrder['shipment'] {
    return this.shipment({ id, trackingNumber, carrier, status, labelUrl }) as ApiOrder['shipment'];
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

function failureAnswer(order: Order, { code, reason, unavailable, details }: Failure, asked: WaitingRequest): Answer {
  const more = { orderId: order.id, ...details };
  if (unavailable) return problem(asked, 503, code, reason, more, { ...locationOf(order), 'Retry-After': '30' });
  return problem(asked, code === 'PAYMENT_DECLINED' ? 402 : 409, code, reason, more, locationOf(order));
}
