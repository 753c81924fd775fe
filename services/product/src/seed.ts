import { FIRST_PRODUCTS, type FirstProduct, type NewProduct } from '@oms/shared/contracts/product';
import type { ServiceParts } from '@oms/shared/service/parts';
import { decide } from '@oms/shared/store/aggregate';
import { traceOf } from '@oms/shared/telemetry/trace';
import { products } from './documents.ts';
import { apply, create, type Product } from './domain/product.ts';

type Kind = Omit<NewProduct, 'id'>;
const sample = (name: string, price: number, description: string): Kind => ({
  name,
  price,
  description,
  category: 'Samples',
});

const INITIAL: Record<FirstProduct, Kind> = {
  prod1: sample('Product 1', 10.99, 'The first product of the catalog.'),
  prod2: sample('Product 2', 5.99, 'The second product of the catalog.'),
  PROD001: {
    name: 'Café press',
    description: 'Brews a litre of coffee; glass, with a steel frame.',
    price: 29.99,
    category: 'Kitchen',
    sku: 'KIT-PRESS-1L',
  },
  PROD002: {
    name: 'Desk lamp',
    description: 'Warm light, and an arm that stays where you put it.',
    price: 49.95,
    category: 'Office',
    sku: 'OFF-LAMP-01',
  },
  PROD003: {
    name: 'Notebook, dotted',
    description: '192 pages that lie flat, with a lamp-black cover.',
    price: 12.5,
    category: 'Office',
    sku: 'OFF-NOTE-A5',
  },
  PROD004: {
    name: 'Wool blanket',
    description: 'Woven of new wool, for two on a sofa.',
    price: 89,
    category: 'Living',
    sku: 'LIV-WOOL-2P',
  },
  PROD005: {
    name: 'Wall clock, limited edition',
    description: 'Numbered, of walnut; few are left.',
    price: 149,
    category: 'Living',
    sku: 'LIV-CLOCK-LE',
  },
  'PROD-001': sample('Laptop', 999.99, 'Fourteen inches, and a battery for a day.'),
  'PROD-002': sample('Mouse', 29.99, 'Without a cable.'),
  'PROD-003': sample('Keyboard', 79.99, 'Quiet keys, in a frame of aluminium.'),
  'PROD-004': sample('Monitor', 299.99, 'Twenty-seven inches.'),
  'PROD-005': sample('Headphones', 149.99, 'They keep the noise of a train out.'),
  'product-001': sample('Teapot', 24.99, 'Of cast iron, for four cups.'),
  'product-002': sample('Mug', 9.99, 'Of stoneware; keeps its handle.'),
  'product-003': sample('Bread board', 19.99, 'Of beech, oiled.'),
  'product-004': sample('Kitchen scales', 34.99, 'To the gram, up to five kilograms.'),
  'product-005': sample('Apron', 17.5, 'Of linen, with one pocket.'),
  'product-006': sample('Cookbook', 27, 'Two hundred recipes.'),
  'limited-stock-001': sample('Poster, signed', 59, 'There are two.'),
  'prod-123': sample('Backpack', 64.5, 'For a weekend.'),
  P123: sample('Water bottle', 14.99, 'Keeps cold what is cold.'),
};

/** Gives a new service its first catalog. One that has it stays as it is, whatever was changed or deleted. */
export async function seed(parts: Pick<ServiceParts<Product>, 'store' | 'world'>): Promise<void> {
  if (await parts.store.read(FIRST_PRODUCTS.at(-1) as string)) return;
  const { traceId } = traceOf(undefined, undefined, parts.world.random);
  for (const id of FIRST_PRODUCTS) {
    await decide(parts, [id], { traceId }, (docs, now) => {
      if (docs.get(id)) return {};
      const event = create(undefined, id, INITIAL[id]);
      return { put: [products.put(apply(undefined, event, now))], events: [event] };
    });
  }
}
