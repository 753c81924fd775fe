import type { NewProduct, ProductChange } from '@oms/shared/contracts/product';
import { Refusal } from '@oms/shared/errors';
import { amountFault, decimalsOf, MOST_CENTS, toCents, USUAL_CURRENCY } from '@oms/shared/money';

/** A product in events: always complete, so that a reader needs only the last event. */
export interface OnSale {
  productId: string;
  name: string;
  description?: string | undefined;
  priceCents: number;
  /** Absent in older products, which are sold in the usual currency. */
  currency?: string | undefined;
  decimals?: number | undefined;
  category?: string | undefined;
  sku?: string | undefined;
}

/** A deleted product stays stored, with the time of its deletion. */
export interface Product extends OnSale {
  createdAt: number;
  updatedAt: number;
  deletedAt?: number;
}

export type ProductEvent =
  | { type: 'product.created' | 'product.changed'; data: OnSale }
  | { type: 'product.deleted'; data: { productId: string } };

type Known = Product | undefined;

/** A deleted product can be created again. */
export function create(
  known: Known,
  productId: string,
  { id: _, price, currency = USUAL_CURRENCY, ...rest }: NewProduct,
): ProductEvent {
  if (isOnSale(known)) throw new Refusal(409, 'PRODUCT_EXISTS', `There is a product ${productId} already.`);
  return { type: 'product.created', data: { productId, ...rest, ...pricedAt(price, currency) } };
}

/** Given fields change, the others stay. Undefined: nothing changes. */
export function change(
  known: Known,
  productId: string,
  { price, currency, ...rest }: ProductChange,
): ProductEvent | undefined {
  const { createdAt: _, updatedAt: __, ...before } = withCurrency(onSale(known, productId));
  const given = { ...rest, ...(price === undefined ? {} : pricedAt(price, currency ?? before.currency)) };
  const isNew = Object.entries(given).some(([name, value]) => value !== before[name as keyof OnSale]);
  return isNew ? { type: 'product.changed', data: { ...before, ...given } } : undefined;
}

export function remove(known: Known, productId: string): ProductEvent {
  onSale(known, productId);
  return { type: 'product.deleted', data: { productId } };
}

export function apply(before: Known, { type, data }: ProductEvent, at: number): Product {
  switch (type) {
    case 'product.created':
      return { ...data, createdAt: at, updatedAt: at };
    case 'product.changed':
      return { ...data, createdAt: before?.createdAt ?? at, updatedAt: at };
    case 'product.deleted':
      return { ...(before as Product), deletedAt: at };
  }
}

/** Refuses a price that the currency does not allow, also if only the stored product says which currency that is. */
function pricedAt(price: number, currency: string) {
  const message = amountFault(price, currency, MOST_CENTS.price);
  if (message)
    throw new Refusal(400, 'VALIDATION_FAILED', `price: ${message}`, { errors: [{ path: 'price', message }] });
  const decimals = decimalsOf(currency);
  return { priceCents: toCents(price, decimals), currency, decimals };
}

const withCurrency = <P extends OnSale>(product: P) => ({
  ...product,
  currency: product.currency ?? USUAL_CURRENCY,
  decimals: product.decimals ?? decimalsOf(USUAL_CURRENCY),
});

export const isOnSale = (known: Known): known is Product => known !== undefined && known.deletedAt === undefined;

export function onSale(known: Known, productId: string): Product {
  if (isOnSale(known)) return known;
  throw new Refusal(404, 'PRODUCT_NOT_FOUND', `There is no product ${productId}.`);
}
