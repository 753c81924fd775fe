import { FIRST_PRODUCTS } from '@oms/shared/contracts/product';
import type { ServiceParts } from '@oms/shared/service/parts';
import { decide } from '@oms/shared/store/aggregate';
import { traceOf } from '@oms/shared/telemetry/trace';
import { products } from './documents.ts';
import { type InventoryDoc, newProduct } from './domain/stock.ts';

const USUAL = 100;
const FEW: Record<string, number> = { PROD005: 5, 'limited-stock-001': 2 };

/** Gives a new service its first stock. One that has it stays as it is. */
export async function seed(parts: Pick<ServiceParts<InventoryDoc>, 'store' | 'world'>): Promise<void> {
  if (await products.read(parts.store, FIRST_PRODUCTS.at(-1) as string)) return;
  const { traceId } = traceOf(undefined, undefined, parts.world.random);
  for (const productId of FIRST_PRODUCTS) {
    const quantity = FEW[productId] ?? USUAL;
    await decide(parts, [products.id(productId)], { traceId }, (docs) =>
      products.in(docs, productId) ? {} : { put: [products.put(newProduct(productId, quantity))] },
    );
  }
}
