import type { ErrorCode } from '@oms/shared/contracts/error-codes';
import type { ParcelNews } from '@oms/shared/contracts/order-commands';
import { deliverShipmentOfOrder } from '@oms/shared/contracts/shipping';
import { Refusal, Unavailable } from '@oms/shared/errors';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { Trace } from '@oms/shared/telemetry/trace';

/** How long the request waits for shipping, attempts and pauses together. */
const PATIENCE_MS = 10_000;

/** Has shipping deliver the parcel of an order. Even if the outcome is unknown, the order follows once shipping reports it. */
export async function deliverParcel(
  shipping: ServiceClient,
  orderId: string,
  parcel: number | undefined,
  how: { key: string; trace: Trace | undefined },
): Promise<ParcelNews | Refusal> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const outcome = await shipping.ask(deliverShipmentOfOrder, {
    body: { orderId, parcel },
    signal,
    ...how,
    key: parcel === undefined ? how.key : `${how.key}:${parcel}`,
  });
  if (outcome.kind === 'done') {
    const { id: shipmentId, status, history } = outcome.data;
    return { shipmentId, status, sequence: history.length };
  }
  if (outcome.kind === 'refused') return new Refusal(409, outcome.code as ErrorCode, outcome.reason);
  const detail = `The shipping service cannot be reached to deliver order ${orderId}: please try again.`;
  throw new Unavailable('SHIPPING_UNAVAILABLE', detail, 5);
}
