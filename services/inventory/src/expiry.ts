import type { ServiceParts } from '@oms/shared/service/parts';
import { decide } from '@oms/shared/store/aggregate';
import { DueWork } from '@oms/shared/store/due-work';
import { traceOf } from '@oms/shared/telemetry/trace';
import { products, reservations } from './documents.ts';
import { expire } from './domain/hold.ts';
import { type InventoryDoc, type Reservation, totals } from './domain/stock.ts';

const AT_ONCE = 20;

/** Releases every hold whose time is over. All replicas look for them; each is released once. */
export function releaseExpiredHolds(parts: Pick<ServiceParts<InventoryDoc>, 'store' | 'world' | 'log'>): DueWork {
  const { store, world, log } = parts;

  async function release(id: string): Promise<void> {
    const seen = (await store.read(id))?.data as Reservation | undefined;
    if (!seen) return;
    const { orderId } = seen;
    const productIds = [...totals(seen.items).keys()];
    const { traceId } = traceOf(undefined, undefined, world.random);
    const ids = [id, ...productIds.map(products.id)];
    const { result } = await decide<InventoryDoc, boolean>(parts, ids, { traceId }, (docs, now) => {
      const reservation = reservations.in(docs, orderId);
      // Its items were changed meanwhile: it is looked at again when it is due.
      if (reservation?.items.some(({ productId }) => !productIds.includes(productId))) return {};
      const expired = expire({ reservation, products: productIds.flatMap((one) => products.in(docs, one) ?? []) }, now);
      if (!expired) return {};
      const put = [...expired.products.map(products.put), reservations.put(expired.reservation)];
      const data = { orderId, items: expired.reservation.items };
      return { put, events: [{ type: 'stock.released', data }], result: true };
    });
    if (result) log.info('a hold has expired', { orderId, traceId });
  }

  return new DueWork({
    due: (now, limit) => store.due(now, limit),
    ...{ world, log, what: 'holds', atOnce: AT_ONCE, work: release },
  });
}
