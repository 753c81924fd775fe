import type { Change } from '@oms/shared/store/store';
import { apply, isOnSale, type Product, type ProductEvent } from './domain/product.ts';

/** What a decision leaves in the store: the product, what it is listed by, and the event. */
export function changeBy(
  event: ProductEvent,
  before: Product | undefined,
  at: number,
  traceId: string,
): Pick<Change<Product>, 'put' | 'events'> & { product: Product } {
  const { productId } = event.data;
  const product = apply(before, event, at);
  return {
    product,
    put: [{ id: productId, data: product, tags: tagsOf(product) }],
    events: [{ ...event, stream: productId, at, traceId }],
  };
}

function tagsOf(product: Product): Record<string, string> {
  if (!isOnSale(product)) return {};
  return { onSale: 'yes', ...(product.category === undefined ? {} : { category: product.category }) };
}
