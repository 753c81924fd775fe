import type { Chance } from './chance.ts';
import type { Wish } from './told.ts';

export const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
/** Few products with little stock, so that orders compete for the same rows; one is always almost out of stock. */
export const PRODUCTS = ['PROD001', 'PROD002', 'PROD003', 'prod1'];
export const SCARCE = 'PROD005';
const CHARGES = [
  { kind: 'SHIPPING', amount: 4.99 },
  { kind: 'DISCOUNT', amount: 1.01 },
  { kind: 'TAX', amount: 2.55, lineId: '1' },
];

/** A random order; one that can be treated in parts has more pieces of each product. */
export function placing(name: string, chance: Chance, inParts: boolean): Omit<Wish, 'at'> {
  const lines = new Map<string, number>();
  for (let line = chance.between(1, 3); line > 0; line--) {
    const product = chance.in(0.12) ? SCARCE : (PRODUCTS[chance.between(0, PRODUCTS.length - 1)] as string);
    lines.set(product, inParts ? chance.between(2, 4) : chance.between(1, 3));
  }
  const paymentMethod = chance.pick([
    [16, 'tok_visa'],
    [2, 'tok_declined'],
    [1, 'tok_lost_answer'],
    [inParts ? 4 : 0, 'tok_single_capture'],
  ] as const);
  const items = [...lines].map(([productId, quantity]) => ({ productId, quantity, price: 9.99 }));
  const cart = { customerId: name, items, paymentMethod, autoConfirm: !chance.in(0.1) };
  const body = inParts ? { ...cart, charges: CHARGES.filter(() => chance.in(0.6)), shippingAddress: ADDRESS } : cart;
  const headers = chance.pick<Record<string, string>>([
    [8, {}],
    [1, { Prefer: 'respond-async' }],
    [1, { Prefer: 'wait=1' }],
  ]);
  return { what: 'place', key: `${name}-place`, method: 'POST', path: '/orders', body, headers };
}
