import type { Chance } from '../crash/chance.ts';
import type { Heard, Wish } from '../crash/told.ts';
import { GATEWAYS } from './addresses.ts';
import { addressOf, as, type Headers } from './people.ts';

/** Few, so that orders meet at the same rows; of one there is hardly any. */
const PRODUCTS = ['PROD001', 'PROD002', 'PROD005'];

/** What a customer orders, in all the ways there are. */
export function placing(name: string, chance: Chance, hasCatalog: boolean): Wish {
  const products = PRODUCTS.filter(() => chance.in(0.5));
  const items = (products.length > 0 ? products : ['PROD001']).map((productId) => {
    return { productId, quantity: chance.between(1, 3), ...(hasCatalog ? {} : { price: 9.99 }) };
  });
  // The provider loses answers by the faults' will, and not by a token's: one that does so for ever is never served.
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

/** The order that an answer is about, be it one or a problem. */
export function idIn({ status, body }: Heard): string | undefined {
  const { id, orderId } = JSON.parse(body) as { id?: string; orderId?: string };
  return status < 300 ? id : orderId;
}
