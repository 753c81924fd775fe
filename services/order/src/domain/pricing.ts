import type { Cart } from '@oms/shared/contracts/order';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { amountFault, decimalsOf, MOST_CENTS, toAmount, toCents, USUAL_CURRENCY } from '@oms/shared/money';
import { belowZero, type Fault, refuseBelowZero } from './charges.ts';
import type { Failure } from './events.ts';

interface Listed {
  name: string;
  priceCents: number;
  currency: string;
  /** False: the catalog cannot be reached, and this is what it last said. */
  isCurrent: boolean;
}

/** What the catalog says of a product: its price, or that there is no such product, or nothing at the moment. */
export type Listing = Listed | 'not listed' | 'not known';

type Item = Cart['items'][number];
type ListedItem = { item: Item; listing: Listed };

/** An order as it can be placed; or, with a failure, one that is refused. */
export interface Offer {
  order: Cart;
  failure?: Failure | undefined;
}

/** A refused order exists, too: as the customer wrote it, as far as its prices are known. */
export function offer(order: Cart, listings: ReadonlyMap<string, Listing> | undefined): Offer {
  try {
    return { order: priced(order, listings) };
  } catch (error) {
    const failure = failureOf(error);
    if (!failure || !listings) throw error;
    return { order: asWanted(order, listings), failure };
  }
}

/** An invalid request, a 400, makes no order. */
function failureOf(error: unknown): Failure | undefined {
  const refused = error instanceof Refusal && error.status === 409;
  if (!refused && !(error instanceof Unavailable)) return undefined;
  const { code, message: reason, details } = error;
  return { code, reason, details, ...(refused ? {} : { unavailable: true }) };
}

/** The customer's currency and prices count; what the customer did not name comes from the catalog, if it has it. */
function asWanted(order: Cart, listings: ReadonlyMap<string, Listing>): Cart {
  const listed = order.items.map(({ productId }) => {
    const listing = listings.get(productId);
    return typeof listing === 'object' ? listing : undefined;
  });
  const currency = order.currency ?? listed.find((one) => one !== undefined)?.currency ?? USUAL_CURRENCY;
  const items = order.items.map((item, i) => {
    const listing = listed[i];
    const { price = listing?.currency === currency ? priceOf(listing) : undefined } = item;
    const isOne = price !== undefined && amountFault(price, currency, MOST_CENTS.price) === undefined;
    return { ...item, name: listing?.name ?? item.name, price: isOne ? price : undefined };
  });
  const wanted = { ...order, currency, items };
  // Without all prices a discount may be more than the rest.
  const isSound = unfit(wanted, currency).length === 0 && belowZero(wanted).length === 0;
  return isSound ? wanted : { ...wanted, charges: undefined };
}

/** With the catalog's names, prices and currency. Without a catalog the order stays as the customer wrote it. */
export function priced(order: Cart, listings: ReadonlyMap<string, Listing> | undefined): Cart {
  if (!listings) return order;
  const listingOf = ({ productId }: Item) => listings.get(productId) as Listing;
  refuseUnlisted(order.items.filter((item) => listingOf(item) === 'not listed'));
  refuseUnknown(order.items.filter((item) => !isSettled(order, item, listingOf(item))));
  const listed = order.items.map((item) => ({ item, listing: listingOf(item) as Listed }));
  const currency = oneCurrency(order, listed);
  refuseUnfit(order, currency);
  refuseOtherPrices(listed.filter(({ item, listing }) => !costs(item, listing)));
  const items = listed.map(({ item, listing }) => ({ ...item, name: listing.name, price: priceOf(listing) }));
  const complete = { ...order, currency, items };
  refuseBelowZero(complete);
  return complete;
}

/** Without a catalog the customer must name each price. */
export function mustBePriced(order: Cart): void {
  const { items, currency = USUAL_CURRENCY } = order;
  const errors = items.flatMap(({ price }, i) =>
    price === undefined ? [{ path: `items.${i}.price`, message: 'is required' }] : [],
  );
  if (errors.length > 0) throw new Refusal(400, 'VALIDATION_FAILED', 'Each item needs a price.', { errors });
  refuseUnfit(order, currency);
  refuseBelowZero(order);
}

const priceOf = ({ priceCents, currency }: Listed): number => toAmount(priceCents, decimalsOf(currency));

const costs = ({ price }: Item, { priceCents, currency }: Listed): boolean =>
  price === undefined || toCents(price, decimalsOf(currency)) === priceCents;

const agrees = ({ currency }: Cart, item: Item, listing: Listed): boolean =>
  (currency === undefined || currency === listing.currency) && costs(item, listing);

/** An old price is enough for an order that agrees with it, but not to refuse one that names another price. */
const isSettled = (order: Cart, item: Item, listing: Listing): boolean =>
  typeof listing === 'object' && (listing.isCurrent || agrees(order, item, listing));

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

/** The one currency of all products. */
function oneCurrency({ currency }: Cart, listed: readonly ListedItem[]): string {
  const wanted = currency ?? (listed[0] as ListedItem).listing.currency;
  if (listed.every(({ listing }) => listing.currency === wanted)) return wanted;
  const soldIn = new Map(listed.map(({ item, listing }) => [item.productId, listing.currency]));
  const items = [...soldIn].map(([productId, currency]) => ({ productId, currency }));
  const list = items.map((one) => `${one.productId} is sold in ${one.currency}`).join('; ');
  const clash = currency === undefined ? 'an order has one currency' : `the order names ${currency}`;
  throw new Refusal(409, 'CURRENCY_MISMATCH', `${list}; ${clash}.`, { currency, items });
}

function unfit({ items, charges = [] }: Cart, currency: string): Fault[] {
  const faults: Fault[] = [];
  const check = (amount: number | undefined, list: string, i: number, field: string) => {
    const message = amount === undefined ? undefined : amountFault(amount, currency, MOST_CENTS.price);
    if (message !== undefined) faults.push({ path: `${list}.${i}.${field}`, message });
  };
  for (let i = 0; i < items.length; i++) check(items[i]?.price, 'items', i, 'price');
  for (let i = 0; i < charges.length; i++) check(charges[i]?.amount, 'charges', i, 'amount');
  return faults;
}

function refuseUnfit(order: Cart, currency: string): void {
  const errors = unfit(order, currency);
  if (errors.length === 0) return;
  const detail = errors
    .slice(0, 5)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ');
  throw new Refusal(400, 'VALIDATION_FAILED', detail, { errors });
}

function refuseOtherPrices(listed: readonly ListedItem[]): void {
  if (listed.length === 0) return;
  const items = listed.map(({ item: { productId, price }, listing }) => ({
    productId,
    price,
    currentPrice: priceOf(listing),
  }));
  const list = items.map(({ productId, price, currentPrice }) => `${productId} costs ${currentPrice}, not ${price}`);
  throw new Refusal(409, 'PRICE_CHANGED', `${list.join('; ')}.`, { items });
}

const productsOf = (items: readonly Item[]): string[] => [...new Set(items.map(({ productId }) => productId))];
