import type { Chance } from '../crash/chance.ts';
import type { Heard, Wish } from '../crash/told.ts';
import { GATEWAYS } from './addresses.ts';
import { addressOf, as, clerkOf, type Headers } from './people.ts';

/** Few products, so that orders compete for the same rows; one is almost out of stock. */
const PRODUCTS = ['PROD001', 'PROD002', 'PROD005'];

/** A random order, in all variants. */
export function placing(name: string, chance: Chance, hasCatalog: boolean): Wish {
  const products = PRODUCTS.filter(() => chance.in(0.5));
  const items = (products.length > 0 ? products : ['PROD001']).map((productId) => {
    return { productId, quantity: chance.between(1, 3), ...(hasCatalog ? {} : { price: 9.99 }) };
  });
  // Only faults make the provider lose answers, not test tokens: a payment that never gets an answer would never end.
  const paymentMethod = chance.pick([
    [12, 'tok_visa'],
    [2, 'tok_declined'],
  ] as const);
  const shippingAddress = addressOf(name);
  const body = { customerId: name, items, shippingAddress, paymentMethod, autoConfirm: !chance.in(0.15) };
  const wait = chance.pick<Headers>([
    [6, {}],
    [2, { Prefer: 'respond-async' }],
    [1, { Prefer: 'wait=1' }],
  ]);
  const headers = { ...as(name), ...wait };
  return { what: 'place', key: `${name}-place`, method: 'POST', at: GATEWAYS, path: '/orders', body, headers };
}

/** An order of several pieces, of which some lines may be of the same product. Only a clerk says what is charged besides. */
export function placingInParts(name: string, chance: Chance, hasCatalog: boolean): Wish {
  const items = Array.from({ length: chance.between(1, 3) }, () => {
    const productId = chance.pick(PRODUCTS.map((product) => [1, product] as const));
    const price = chance.pick([9.99, 3.33, 2.01].map((one) => [1, one] as const));
    return { productId, quantity: chance.between(2, 4), ...(hasCatalog ? {} : { price }) };
  });
  const charges = CHARGES.filter(() => chance.in(0.5));
  const byClerk = charges.length > 0 && chance.in(0.7);
  const paymentMethod = chance.pick([
    [9, 'tok_visa'],
    [3, 'tok_single_capture'],
    [1, 'tok_declined'],
  ] as const);
  const cart = { items, ...(byClerk ? { charges } : {}), paymentMethod, autoConfirm: !chance.in(0.15) };
  const body = { customerId: name, shippingAddress: addressOf(name), ...cart };
  const headers = byClerk ? clerkOf(name) : as(name);
  return { what: 'place', key: `${name}-place`, method: 'POST', at: GATEWAYS, path: '/orders', body, headers };
}

/** None of them makes an order or a line cost less than nothing. */
const CHARGES = [
  { kind: 'SHIPPING', amount: 4.99 },
  { kind: 'DISCOUNT', amount: 1.01 },
  { kind: 'TAX', amount: 2.55, lineId: '1' },
  { kind: 'FEE', amount: 0.37 },
];

/** The id of the order in an answer or a problem. */
export function idIn({ status, body }: Heard): string | undefined {
  const { id, orderId } = JSON.parse(body) as { id?: string; orderId?: string };
  return status < 300 ? id : orderId;
}
