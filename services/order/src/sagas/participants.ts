import type { Address } from '@oms/shared/contracts/common';
import * as stock from '@oms/shared/contracts/inventory';
import type { CartAvailability } from '@oms/shared/contracts/order';
import * as payments from '@oms/shared/contracts/payment';
import { cancelShipmentOfOrder, createShipment, type Shipment } from '@oms/shared/contracts/shipping';
import { toAmount } from '@oms/shared/money';
import type { Retry } from '@oms/shared/resilience/call';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { CallSignal } from '@oms/shared/resilience/cut';
import type { Outcome } from '@oms/shared/resilience/outcome';
import type { Trace } from '@oms/shared/telemetry/trace';
import type { Facts } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';

/** One call of a participant for an order. */
export type Call = (order: Order, how: CallOptions) => Promise<Outcome<Facts>>;

export interface CallOptions {
  key: string;
  signal: CallSignal;
  trace: Trace | undefined;
  onRetry: (retry: Retry) => Promise<void>;
}

/** The services that sagas call. */
export const PARTICIPANTS = ['inventory', 'payment', 'shipping'] as const;
export type Clients = Record<(typeof PARTICIPANTS)[number], ServiceClient> & {
  /** Where there is a catalog. */
  product?: ServiceClient;
};

/** What sagas need of them. */
export type Participants = ReturnType<typeof httpParticipants>;

export function httpParticipants({ inventory, payment, shipping }: Clients) {
  const settle =
    (endpoint: typeof stock.releaseStock): Call =>
    ({ id, saga }, how) => {
      const items = saga?.part?.items.map(({ productId, quantity }) => ({ productId, quantity }));
      return inventory.ask(endpoint, { body: { orderId: id, items, ref: refOf(saga) }, ...how }, reserved);
    };
  const moveMoney =
    (endpoint: typeof payments.capturePayment): Call =>
    ({ id, decimals, saga }, how) => {
      if (saga?.part?.voids) return payment.ask(payments.refundPayment, { body: { orderId: id }, ...how }, paid);
      const amount = saga?.part && toAmount(saga.part.cents, decimals);
      return payment.ask(endpoint, { body: { orderId: id, amount, ref: refOf(saga) }, ...how }, paid);
    };

  return {
    inventory: {
      reserve({ id, items, holdId }, how) {
        const lines = items.map(({ productId, quantity }) => ({ productId, quantity }));
        return inventory.ask(stock.reserveStock, { body: { orderId: id, items: lines, holdId }, ...how }, reserved);
      },
      release: settle(stock.releaseStock),
      commit: settle(stock.commitStock),
      restock: settle(stock.restockStock),
    },
    payment: {
      authorize({ id, totalCents, currency, decimals, paymentMethod }, how) {
        const body = { orderId: id, amount: toAmount(totalCents, decimals), currency, paymentMethod };
        return payment.ask(payments.authorizePayment, { body, ...how }, paid);
      },
      capture: moveMoney(payments.capturePayment),
      giveBack: moveMoney(payments.refundPayment),
      refund: moveMoney(payments.refundPayment),
    },
    shipping: {
      book({ id, items, shippingAddress, carrier = 'STANDARD', saga }, how) {
        const names = new Map(items.map(({ productId, name }) => [productId, name]));
        const parcels = (saga?.part?.items ?? items).map(({ productId, quantity }) => {
          return { productId, quantity, name: names.get(productId) };
        });
        // No fulfilment starts without an address.
        const parcel = saga?.part?.number;
        const body = { orderId: id, parcel, items: parcels, shippingAddress: shippingAddress as Address, carrier };
        return shipping.ask(createShipment, { body, ...how }, booked);
      },
      cancel: ({ id, shipment, saga, parts }, how) =>
        shipping.ask(
          cancelShipmentOfOrder,
          { body: { orderId: id, parcel: saga?.part?.number ?? parts?.begun.parcel }, ...how },
          () => (shipment ? { shipment: { ...shipment, status: 'CANCELLED' } } : {}),
        ),
    },
  } satisfies Record<string, Record<string, Call>>;
}

/**
 * Whether a cart could be ordered. While inventory cannot be asked the answer is hopeful, and says so: an order that
 * cannot be met is still refused by its reservation.
 */
export async function availabilityOf(
  inventory: ServiceClient,
  lines: readonly stock.StockLine[],
  trace: Trace,
): Promise<CartAvailability> {
  const outcome = await inventory.ask(stock.checkStock, { query: { items: JSON.stringify(lines) }, trace });
  if (outcome.kind === 'done') return { ...outcome.data, optimistic: false };
  const items = lines.map((line) => ({ ...line, available: true }));
  return { available: true, items, optimistic: true };
}

/** What the participants call the part of the order; undefined: the order as a whole. */
const refOf = (saga: Order['saga']): string | undefined => saga?.part && `${saga.part.kind}-${saga.part.number}`;

const isText = (...values: unknown[]): boolean => values.every((value) => typeof value === 'string');

/** What the order keeps of their answers, if all of it is there. */
const reserved = ({ status }: stock.Reservation): Facts | undefined =>
  isText(status) ? { reservation: { status } } : undefined;
const paid = ({ id, status, capturesOnce }: payments.Payment): Facts | undefined =>
  isText(id, status) ? { payment: { id, status, ...(capturesOnce ? { capturesOnce } : {}) } } : undefined;
const booked = ({ id, trackingNumber, carrier, status, labelUrl, history }: Shipment): Facts | undefined =>
  isText(id, trackingNumber, carrier, status, labelUrl) && Array.isArray(history)
    ? { shipment: { id, trackingNumber, carrier, status, labelUrl, sequence: history.length } }
    : undefined;
