import type { ParcelNews } from '@oms/shared/contracts/order-endpoints';
import type { Shipment } from '@oms/shared/contracts/shipping';
import { Refusal, Unavailable } from '@oms/shared/errors';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { Trace } from '@oms/shared/telemetry/trace';

/** Has shipping deliver the parcel of an order. Whether it did or not, the order follows when it hears of that. */
export async function deliverParcel(
  shipping: ServiceClient,
  orderId: string,
  how: { key: string; waitMs: number; trace: Trace | undefined },
): Promise<ParcelNews | Refusal> {
  const { key, waitMs, trace } = how;
  const signal = AbortSignal.timeout(waitMs);
  const path = '/shipments/deliver';
  const outcome = await shipping.call<Shipment>({ method: 'POST', path, body: { orderId }, key, signal, trace });
  if (outcome.kind === 'done') {
    const { id: shipmentId, status, history } = outcome.data;
    return { shipmentId, status, sequence: history.length };
  }
  if (outcome.kind === 'refused') return new Refusal(409, outcome.code, outcome.reason);
  const detail = `Shipping cannot be asked to deliver order ${orderId} at the moment: please try again.`;
  throw new Unavailable('SHIPPING_UNAVAILABLE', detail, 5);
}
