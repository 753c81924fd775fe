import type { AvailabilityOfAll, Reservation, StockLine } from '@oms/shared/contracts/inventory';
import type { CartAvailability } from '@oms/shared/contracts/order';
import type { Payment } from '@oms/shared/contracts/payment';
import type { Shipment } from '@oms/shared/contracts/shipping';
import { toAmount } from '@oms/shared/money';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { Outcome } from '@oms/shared/resilience/outcome';
import type { Trace } from '@oms/shared/telemetry/trace';
import type { Facts } from '../domain/events.ts';
import type { Call } from './saga.ts';

/** What the sagas need of other services. */
export interface Participants {
  inventory: { reserve: Call; release: Call; commit: Call; restock: Call };
  payment: { authorize: Call; capture: Call; giveBack: Call };
  shipping: { book: Call; cancel: Call };
}

export interface Clients {
  inventory: ServiceClient;
  payment: ServiceClient;
  shipping: ServiceClient;
  /** Where there is a catalog. */
  product?: ServiceClient;
}

export function httpParticipants({ inventory, payment, shipping }: Clients): Participants {
  const settleStock =
    (path: string): Call =>
    async ({ id }, how) =>
      facts(await inventory.call<Reservation>({ method: 'POST', path, body: { orderId: id }, ...how }), stockFacts);

  return {
    inventory: {
      async reserve({ id, items }, how) {
        const lines = items.map(({ productId, quantity }) => ({ productId, quantity }));
        const body = { orderId: id, items: lines };
        return facts(
          await inventory.call<Reservation>({ method: 'POST', path: '/inventory/reserve', body, ...how }),
          stockFacts,
        );
      },
      release: settleStock('/inventory/release'),
      commit: settleStock('/inventory/commit'),
      restock: settleStock('/inventory/restock'),
    },
    payment: {
      async authorize({ id, totalCents, currency, decimals, paymentMethod }, how) {
        const body = { orderId: id, amount: toAmount(totalCents, decimals), currency, paymentMethod };
        return facts(
          await payment.call<Payment>({ method: 'POST', path: '/payments/authorize', body, ...how }),
          moneyFacts,
        );
      },
      async capture({ id }, how) {
        const body = { orderId: id };
        return facts(
          await payment.call<Payment>({ method: 'POST', path: '/payments/capture', body, ...how }),
          moneyFacts,
        );
      },
      async giveBack({ id }, how) {
        const body = { orderId: id };
        return facts(
          await payment.call<Payment>({ method: 'POST', path: '/payments/refund', body, ...how }),
          moneyFacts,
        );
      },
    },
    shipping: {
      async book({ id, items, shippingAddress, carrier }, how) {
        const parcels = items.map(({ productId, quantity, name }) => ({ productId, quantity, name }));
        const body = { orderId: id, items: parcels, shippingAddress, carrier };
        return facts(
          await shipping.call<Shipment>({ method: 'POST', path: '/shipments', body, ...how }),
          shipmentFacts,
        );
      },
      async cancel({ id, shipment }, how) {
        const body = { orderId: id };
        const outcome = await shipping.call({ method: 'POST', path: '/shipments/cancel', body, ...how });
        return facts(outcome, () => (shipment ? { shipment: { ...shipment, status: 'CANCELLED' } } : {}));
      },
    },
  };
}

/**
 * Whether a cart could be ordered. While inventory cannot be asked the answer is hopeful, and says so: an order that
 * cannot be met is still refused by its reservation.
 */
export async function availabilityOf(
  inventory: ServiceClient,
  lines: readonly StockLine[],
  trace: Trace,
): Promise<CartAvailability> {
  const path = `/inventory/check?items=${encodeURIComponent(JSON.stringify(lines))}`;
  const outcome = await inventory.call<AvailabilityOfAll>({ method: 'GET', path, trace });
  if (outcome.kind === 'done') return { ...outcome.data, optimistic: false };
  const items = lines.map((line) => ({ ...line, available: true }));
  return { available: true, items, optimistic: true };
}

const facts = <T>(outcome: Outcome<T>, pick: (data: T) => Facts): Outcome<Facts> =>
  outcome.kind === 'done' ? { ...outcome, data: pick(outcome.data) } : outcome;

const stockFacts = ({ status }: Reservation): Facts => ({ reservation: { status } });
const moneyFacts = ({ id, status }: Payment): Facts => ({ payment: { id, status } });
const shipmentFacts = ({ id, trackingNumber, carrier, status, labelUrl, history }: Shipment): Facts => ({
  shipment: { id, trackingNumber, carrier, status, labelUrl, sequence: history.length },
});
