import type { ServiceParts } from '@oms/shared/service/parts';
import { type InventoryDoc, newProduct, productDoc } from './domain/stock.ts';

const INITIAL: Record<string, number> = {
  prod1: 100,
  prod2: 100,
  PROD001: 100,
  PROD002: 100,
  PROD003: 100,
  PROD004: 100,
  PROD005: 5,
};

/** The stock that a service starts with which has none yet. */
export async function seed({ store }: Pick<ServiceParts<InventoryDoc>, 'store'>): Promise<void> {
  for (const [productId, quantity] of Object.entries(INITIAL)) {
    const id = productDoc(productId);
    await store.write([id], undefined, (docs) =>
      docs.get(id) ? {} : { put: [{ id, data: newProduct(productId, quantity) }] },
    );
  }
}
