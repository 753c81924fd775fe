import type { ServiceParts } from '@oms/shared/service/parts';
import { decide } from '@oms/shared/store/aggregate';
import { traceOf } from '@oms/shared/telemetry/trace';
import { products } from './documents.ts';
import { type InventoryDoc, newProduct } from './domain/stock.ts';

const INITIAL: Record<string, number> = {
  prod1: 100,
  prod2: 100,
  PROD001: 100,
  PROD002: 100,
  PROD003: 100,
  PROD004: 100,
  PROD005: 5,
};

/** Gives a new service its first stock. */
export async function seed(parts: Pick<ServiceParts<InventoryDoc>, 'store' | 'world'>): Promise<void> {
  const { traceId } = traceOf(undefined, undefined, parts.world.random);
  for (const [productId, quantity] of Object.entries(INITIAL)) {
    await decide(parts, [products.id(productId)], { traceId }, (docs) =>
      products.in(docs, productId) ? {} : { put: [products.put(newProduct(productId, quantity))] },
    );
  }
}
