import { describe, expect, it } from '@jest/globals';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { CART } from '../../test/order-world.ts';
import { type Listing, mustBePriced, offer, priced } from './pricing.ts';

const item = (productId: string, price?: number) => ({
  productId,
  quantity: 2,
  ...(price === undefined ? {} : { price }),
});
const order = (...items: ReturnType<typeof item>[]) => ({ ...CART, items });
const listings = (known: Record<string, Listing>) => new Map(Object.entries(known));
const at = (priceCents: number, { currency = 'USD', isCurrent = true } = {}): Listing => {
  return { name: 'Lamp', priceCents, currency, isCurrent };
};
const inCurrency = (currency: string | undefined, ...items: ReturnType<typeof item>[]) => ({
  ...order(...items),
  currency,
});

describe('without a catalog', () => {
  it('an order stays as the customer wrote it', () => expect(priced(CART, undefined)).toBe(CART));

  it('each item needs a price, and the refusal names those without', () => {
    expect(() => mustBePriced(order(item('a', 0)))).not.toThrow();
    expect(() => mustBePriced(order(item('b')))).toThrow('Each item needs a price.');
    expect(() => mustBePriced(order(item('b'), item('a', 0), item('b')))).toThrow(
      expect.objectContaining({
        ...{ status: 400, code: 'VALIDATION_FAILED' },
        details: { errors: ['items.0.price', 'items.2.price'].map((path) => ({ path, message: 'is required' })) },
      }),
    );
  });

  it('a price has the decimals of its currency, and dollars are the default', () => {
    const fault = 'must have at most 2 decimal places in USD';
    const bad = Array.from({ length: 6 }, () => item('a', 29.999));
    expect(() => mustBePriced(inCurrency(undefined, item('b', 1), ...bad))).toThrow(
      expect.objectContaining({
        ...{ status: 400, code: 'VALIDATION_FAILED' },
        message: [1, 2, 3, 4, 5].map((i) => `items.${i}.price: ${fault}`).join('; '),
        details: { errors: [1, 2, 3, 4, 5, 6].map((i) => ({ path: `items.${i}.price`, message: fault })) },
      }),
    );
    expect(() => mustBePriced(inCurrency('KWD', item('a', 29.999)))).not.toThrow();
  });
});

describe('charges', () => {
  const charged = (amount: number, cart = order(item('a', 1))) => {
    return { ...cart, charges: [{ kind: 'DISCOUNT' as const, amount }] };
  };
  const fault = (currency: string, places: number) => {
    const message = `must have at most ${places} decimal places in ${currency}`;
    return expect.objectContaining({ status: 400, details: { errors: [{ path: 'charges.0.amount', message }] } });
  };

  it('have the decimals of the currency, though the request names none', () => {
    expect(() => mustBePriced(charged(0.001))).toThrow(fault('USD', 2));
    expect(() =>
      priced(charged(0.5, inCurrency(undefined, item('a')) as never), listings({ a: at(100, { currency: 'JPY' }) })),
    ).toThrow(fault('JPY', 0));
  });

  it('are left out of a refused order that would cost less than nothing, as its prices are not known', () => {
    const known = listings({ a: 'not known' });
    expect(offer(charged(1, order(item('a'))), known).order.charges).toBeUndefined();
    expect(offer(charged(1, order(item('a', 1))), known).order.charges).toHaveLength(1);
  });

  it('are left out of a refused order if they do not have the decimals of its currency', () => {
    const known = listings({ a: at(100, { currency: 'JPY' }), b: 'not listed' });
    const charges = [{ kind: 'TAX' as const, amount: 0.5 }];
    const { order: refused } = offer({ ...inCurrency(undefined, item('a'), item('b')), charges }, known);
    expect(refused).toMatchObject({ currency: 'JPY', charges: undefined });
  });
});

describe('with a catalog', () => {
  it('names and prices come from the catalog', () =>
    expect(
      priced(order({ ...item('a'), name: 'Mine' } as never, item('b', 0.3)), listings({ a: at(1099), b: at(30) })),
    ).toEqual({
      ...CART,
      items: [
        { ...item('a', 10.99), name: 'Lamp' },
        { ...item('b', 0.3), name: 'Lamp' },
      ],
    }));

  it('a price that differs is refused, and the refusal names the current price', () =>
    expect(() =>
      priced(order(item('a', 10), item('b', 9.99), item('c')), listings({ a: at(1000), b: at(1299), c: at(1) })),
    ).toThrow(
      expect.objectContaining({
        ...{ name: Refusal.name, status: 409, code: 'PRICE_CHANGED', message: 'b costs 12.99, not 9.99.' },
        details: { items: [{ productId: 'b', price: 9.99, currentPrice: 12.99 }] },
      }),
    ));

  it.each([
    ['JPY', 2_999, 2_999],
    ['KWD', 2_999, 2.999],
  ])('an order of products in %s is in that currency, which nobody needs to name', (currency, priceCents, price) => {
    const known = listings({ a: at(priceCents, { currency }) });
    const expected = { ...CART, currency, items: [{ ...item('a', price), name: 'Lamp' }] };
    expect(priced(inCurrency(undefined, item('a')), known)).toEqual(expected);
    expect(priced(inCurrency(currency, item('a', price)), known)).toEqual(expected);
  });

  it("a currency that is not the products' is refused, even if the figures agree", () => {
    const known = listings({ a: at(2_999), b: at(30) });
    expect(() => priced(inCurrency('VND', item('a'), item('b', 30), item('a')), known)).toThrow(
      expect.objectContaining({
        ...{ name: Refusal.name, status: 409, code: 'CURRENCY_MISMATCH' },
        message: 'a is sold in USD; b is sold in USD; the order names VND.',
        details: {
          currency: 'VND',
          items: [
            { productId: 'a', currency: 'USD' },
            { productId: 'b', currency: 'USD' },
          ],
        },
      }),
    );
  });

  it.each([
    [undefined, 'an order has one currency'],
    ['USD', 'the order names USD'],
    ['JPY', 'the order names JPY'],
  ])('products of two currencies are refused, whatever is named: %s', (currency, clash) => {
    const known = listings({ a: at(2_999), b: at(30, { currency: 'JPY' }) });
    expect(() => priced(inCurrency(currency, item('a'), item('b')), known)).toThrow(
      expect.objectContaining({
        ...{ status: 409, code: 'CURRENCY_MISMATCH', message: `a is sold in USD; b is sold in JPY; ${clash}.` },
      }),
    );
  });

  it('a price with more decimals than the currency has is refused', () =>
    expect(() => priced(inCurrency(undefined, item('a', 29.999)), listings({ a: at(3_000) }))).toThrow(
      expect.objectContaining({ status: 400, code: 'VALIDATION_FAILED' }),
    ));

  it('unknown products are refused by name, each once, whatever else is wrong', () =>
    expect(() =>
      priced(
        order(item('x'), item('y'), item('x'), item('a', 1), item('b')),
        listings({ x: 'not listed', y: 'not listed', a: at(5), b: 'not known' }),
      ),
    ).toThrow(
      expect.objectContaining({
        ...{ name: Refusal.name, status: 409, code: 'PRODUCT_NOT_FOUND', message: 'There is no product x, y.' },
        details: { products: ['x', 'y'] },
      }),
    ));

  it.each([order(item('a'), item('b', 1)), inCurrency(undefined, item('b'))])(
    'what nobody can tell the price of is to be tried again',
    (wanted) =>
      expect(() => priced(wanted, listings({ a: at(1), b: 'not known' }))).toThrow(
        expect.objectContaining({
          ...{ name: Unavailable.name, code: 'PRODUCTS_UNAVAILABLE' },
          details: { products: ['b'] },
        }),
      ),
  );
});

describe('while the catalog cannot be reached, an old price', () => {
  const old = listings({ a: at(1000, { isCurrent: false }) });

  it('is enough for an order that agrees with it, or names no price', () => {
    const { items } = priced(order(item('a', 10), item('a')), old);
    expect(items.map(({ price }) => price)).toEqual([10, 10]);
    expect(priced(inCurrency(undefined, item('a')), old)).toMatchObject({ currency: 'USD', items: [{ price: 10 }] });
  });
  it('is not enough to refuse an order that names another price', () => {
    const unavailable = expect.objectContaining({ code: 'PRODUCTS_UNAVAILABLE' });
    expect(() => priced(order(item('a', 12)), old)).toThrow(unavailable);
    expect(() => priced(inCurrency('EUR', item('a', 10)), old)).toThrow(unavailable);
  });
});

describe('what is offered for an order', () => {
  const hat = { ...item('x', 3), name: 'Hat' };
  const wanted = order(item('a', 12), item('a'), hat, item('x'));
  const known = listings({ a: at(1000), x: 'not listed' });

  it('is the order as it can be placed', () => {
    expect(offer(order(item('a')), known)).toEqual({ order: priced(order(item('a')), known) });
  });

  it("is the refusal and the refused order, at the customer's price, or the listed one, or none", () => {
    const { order: refused, failure } = offer(wanted, known);
    expect(failure).toMatchObject({ code: 'PRODUCT_NOT_FOUND', details: { products: ['x'] } });
    expect(refused).toEqual({
      ...wanted,
      items: [
        { ...item('a', 12), name: 'Lamp' },
        { ...item('a', 10), name: 'Lamp' },
        hat,
        { ...item('x'), name: undefined, price: undefined },
      ],
    });
  });

  it('is nothing when the request is invalid', () => {
    expect(() => offer(order(item('a', 29.999)), listings({ a: at(3_000) }))).toThrow(
      expect.objectContaining({ status: 400, code: 'VALIDATION_FAILED' }),
    );
  });

  it('is in the currency of the first listed product, or else in dollars, if the request names none', () => {
    const yen = listings({ x: 'not listed', a: at(1000, { currency: 'JPY' }) });
    expect(offer(inCurrency(undefined, item('x'), item('a')), yen).order).toMatchObject({
      ...{ currency: 'JPY', items: [{ price: undefined }, { price: 1000 }] },
    });
    expect(offer(inCurrency(undefined, item('x', 3)), yen).order).toMatchObject({
      ...{ currency: 'USD', items: [{ price: 3 }] },
    });
  });

  it("has no listed prices in a currency that is not the products'", () => {
    const { order: refused, failure } = offer(inCurrency('VND', item('a'), item('a', 12)), known);
    expect(failure).toMatchObject({ code: 'CURRENCY_MISMATCH', details: { currency: 'VND' } });
    expect(refused).toMatchObject({ currency: 'VND', items: [{ price: undefined }, { price: 12 }] });
  });

  it('has prices in the first currency if its products have two', () => {
    const two = listings({ a: at(1000), b: at(1000, { currency: 'JPY' }) });
    const { order: refused, failure } = offer(inCurrency(undefined, item('b'), item('a'), item('b', 10.5)), two);
    expect(failure).toMatchObject({ code: 'CURRENCY_MISMATCH' });
    expect(refused.currency).toBe('JPY');
    expect(refused.items.map(({ price }) => price)).toEqual([1000, undefined, undefined]);
  });

  it('is a refusal that lasts only while its prices cannot be looked up', () => {
    expect(offer(order(item('b')), listings({ b: 'not known' })).failure).toMatchObject({ unavailable: true });
    expect(offer(order(item('a', 9)), known).failure).not.toHaveProperty('unavailable');
  });
});
