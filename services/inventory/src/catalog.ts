import { type CloudEvent, TOPICS } from '@oms/shared/contracts/cloud-events';
import type { Handle } from '@oms/shared/events/hand-over';
import type { ServiceParts } from '@oms/shared/service/parts';
import { decide } from '@oms/shared/store/aggregate';
import { causeIn } from '@oms/shared/telemetry/trace';
import { products } from './documents.ts';
import { type InventoryDoc, isOffered, type Listing, listed, type Product } from './domain/stock.ts';

type Parts = Pick<ServiceParts<InventoryDoc>, 'store' | 'world'>;
interface Said {
  productId: string;
  listing: Listing;
  /** Only names or prices are others: this says nothing new of a product that is offered. */
  isChange: boolean;
}

/** Has a row of stock for every product of the catalog, and offers none that was deleted there. One write for all events. */
export function followCatalog({ store, world }: Parts): Handle {
  return async (events) => {
    const all = events.flatMap((event) => saidBy(event) ?? []);
    const [first] = events;
    if (!first || all.length === 0) return;
    const ids = new Set(all.map(({ productId }) => products.id(productId)));
    await decide<InventoryDoc>({ store, world }, [...ids], causeIn(first.traceparent, world.random), (docs) => {
      const changed = new Map<string, Product>();
      for (const { productId, listing, isChange } of all) {
        const known = changed.get(productId) ?? products.in(docs, productId);
        if (known && isChange && isOffered(known)) continue;
        const product = listed(known, productId, listing);
        if (product !== known) changed.set(productId, product);
      }
      return { put: [...changed.values()].map(products.put) };
    });
  };
}

function saidBy({ type, subject, sequence, time }: CloudEvent): Said | undefined {
  if (!Object.hasOwn(TOPICS.product.types, type)) return undefined;
  const listing = { offered: type !== 'product.deleted', sequence: Number(sequence), at: Date.parse(time) };
  return { productId: subject, listing, isChange: type === 'product.changed' };
}
