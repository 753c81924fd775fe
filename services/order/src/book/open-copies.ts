import type { ServiceParts } from '@oms/shared/service/parts';
import type { Store } from '@oms/shared/store/store';
import type { OrderCopies } from './order-copies.ts';

type Parts = Pick<ServiceParts<unknown>, 'log' | 'metrics' | 'world'> & {
  store: Pick<Store<unknown>, 'beforeChanges'>;
};

/** Undefined without Redis, or where the orders are in memory anyway. */
export async function openCopies(parts: Parts, url: string | undefined): Promise<OrderCopies | undefined> {
  if (url === undefined || !parts.store.beforeChanges) return undefined;
  const { OrderCopies } = await import('./order-copies.ts');
  const copies = new OrderCopies(parts, url);
  parts.store.beforeChanges((versions) => copies.fence(versions));
  // A write that is not fenced yet would leave an old copy to others.
  await copies.tried;
  return copies;
}
