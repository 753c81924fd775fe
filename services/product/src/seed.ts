import type { NewProduct } from '@oms/shared/contracts/product';
import type { ServiceParts } from '@oms/shared/service/parts';
import { decide } from '@oms/shared/store/aggregate';
import { traceOf } from '@oms/shared/telemetry/trace';
import { products } from './documents.ts';
import { apply, create, type Product } from './domain/product.ts';

const INITIAL: readonly (NewProduct & { id: string })[] = [
  {
    id: 'prod1',
    name: 'Product 1',
    description: 'The first product of the catalog.',
    price: 10.99,
    category: 'Samples',
  },
  {
    id: 'prod2',
    name: 'Product 2',
    description: 'The second product of the catalog.',
    price: 5.99,
    category: 'Samples',
  },
  {
    id: 'PROD001',
    name: 'Café press',
    description: 'Brews a litre of coffee; glass, with a steel frame.',
    price: 29.99,
    category: 'Kitchen',
    sku: 'KIT-PRESS-1L',
  },
  {
    id: 'PROD002',
    name: 'Desk lamp',
    description: 'Warm light, and an arm that stays where you put it.',
    price: 49.95,
    category: 'Office',
    sku: 'OFF-LAMP-01',
  },
  {
    id: 'PROD003',
    name: 'Notebook, dotted',
    description: '192 pages that lie flat, with a lamp-black cover.',
    price: 12.5,
    category: 'Office',
    sku: 'OFF-NOTE-A5',
  },
  {
    id: 'PROD004',
    name: 'Wool blanket',
    description: 'Woven of new wool, for two on a sofa.',
    price: 89,
    category: 'Living',
    sku: 'LIV-WOOL-2P',
  },
  {
    id: 'PROD005',
    name: 'Wall clock, limited edition',
    description: 'Numbered, of walnut; few are left.',
    price: 149,
    category: 'Living',
    sku: 'LIV-CLOCK-LE',
  },
];

/** Gives a new service its first catalog. Products that were changed or deleted stay so. */
export async function seed(parts: Pick<ServiceParts<Product>, 'store' | 'world'>): Promise<void> {
  const { traceId } = traceOf(undefined, undefined, parts.world.random);
  for (const product of INITIAL) {
    await decide(parts, [product.id], { traceId }, (docs, now) => {
      if (docs.get(product.id)) return {};
      const event = create(undefined, product.id, product);
      return { put: [products.put(apply(undefined, event, now))], events: [event] };
    });
  }
}
