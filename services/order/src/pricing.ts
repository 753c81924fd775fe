import type { PlaceOrder } from '@oms/shared/contracts/order';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { toAmount, toCents } from '@oms/shared/money';
import type { Failure } from './saga-progress.ts';

interface Listed {
  name: string;
  priceCents: number;
  /** False: this is what the catalog said before it could not be asked any more. */
  isCurrent: boolean;
}

/** What the catalog says of a product; it may also be that there is none, or that nobody can tell at the moment. */
export type Listing = Listed | 'not listed' | 'not known';

type Item = PlaceOrder['items'][number];

/** What somebody wants to order; with why it cannot be had, if so. */
export interface Offer {
  order: PlaceOrder;
  failure?: Failure | undefined;
}

/** The order as it can be placed; or as it was wanted, which is refused, but exists. */
export function offer(order: PlaceOrder, listings: ReadonlyMap<string, Listing> | undefined): Offer {
  try {
    return { order: priced(order, listings) };
  } catch (error) {
    const failure = failureOf(error);
    if (!failure || !listings) throw error;
    return { order: asWanted(order, listings), failure };
  }
}

/** A request that makes no sense, a 400, makes no order either. */
function failureOf(error: unknown): Failure | undefined {
  const refused = error instanceof Refusal && error.status === 409;
  if (!refused && !(error instanceof Unavailable)) return undefined;
  const { code, message: reason, details } = error;
  return { code, reason, details, ...(refused ? {} : { unavailable: true }) };
}

/** At the price that the customer said, or else the catalog's. What neither of them knows the price of has none. */
function asWanted(order: PlaceOrder, listings: ReadonlyMap<string, Listing>): PlaceOrder {
  const items = order.items.map((item) => {
    const listing = listings.get(item.productId);
    if (typeof listing !== 'object') return item;
    return { ...item, name: listing.name, price: item.price ?? toAmount(listing.priceCents) };
  });
  return { ...order, items };
}

/** The order with the catalog's names and prices; without a catalog it stays as the customer wrote it. */
export function priced(order: PlaceOrder, listings: ReadonlyMap<string, Listing> | undefined): PlaceOrder {
  if (!listings) return order;
  const listingOf = ({ productId }: Item) => listings.get(productId) as Listing;
  refuseUnlisted(order.items.filter((item) => listingOf(item) === 'not listed'));
  refuseUnknown(order.items.filter((item) => !isSettled(item, listingOf(item))));
  const listed = order.items.map((item) => ({ item, listing: listingOf(item) as Listed }));
  refuseOtherPrices(listed.filter(({ item, listing }) => !agrees(item, listing)));
  return {
    ...order,
    items: listed.map(({ item, listing: { name, priceCents } }) => ({ ...item, name, price: toAmount(priceCents) })),
  };
}

const agrees = ({ price }: Item, { priceCents }: Listed): boolean =>
  price === undefined || toCents(price) === priceCents;

/** An old price is good enough for an order that agrees with it, and not to contradict a customer who may know better. */
const isSettled = (item: Item, listing: Listing): boolean =>
  typeof listing === 'object' && (listing.isCurrent || agrees(item, listing));

function refuseUnlisted(items: readonly Item[]): void {
  if (items.length === 0) return;
  const products = productsOf(items);
  throw new Refusal(409, 'PRODUCT_NOT_FOUND', `There is no product ${products.join(', ')}.`, { products });
}

function refuseUnknown(items: readonly Item[]): void {
  if (items.length === 0) return;
  const products = productsOf(items);
  const detail = `The price of ${products.join(', ')} cannot be looked up right now. Nothing was ordered: please try again in a moment.`;
  throw new Unavailable('PRODUCTS_UNAVAILABLE', detail, undefined, { products });
}

function refuseOtherPrices(listed: readonly { item: Item; listing: Listed }[]): void {
  if (listed.length === 0) return;
  const items = listed.map(({ item: { productId, price }, listing: { priceCents } }) => ({
    productId,
    price,
    currentPrice: toAmount(priceCents),
  }));
  const list = items.map(({ productId, price, currentPrice }) => `${productId} costs ${currentPrice}, not ${price}`);
  throw new Refusal(409, 'PRICE_CHANGED', `${list.join('; ')}.`, { items });
}

const productsOf = (items: readonly Item[]): string[] => [...new Set(items.map(({ productId }) => productId))];
