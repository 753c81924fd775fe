import { describe, expect, it } from '@jest/globals';
import { expire, isHold, reserveFrom } from './hold.ts';
import { settle } from './settlement.ts';
import { available, newProduct, type Product, type Reservation } from './stock.ts';

const line = (productId: string, quantity: number) => ({ productId, quantity });
const shelf = [newProduct('pen', 10), newProduct('cup', 5)];
const UNTIL = 1_000;
const cart = { orderId: 'CART', items: [line('pen', 8)] };
const left = (products: readonly Product[]) =>
  Object.fromEntries(products.map((product) => [product.productId, available(product)]));
/** What a write makes of the stock. */
const after = (before: readonly Product[], moved: readonly Product[]) =>
  before.map((product) => moved.find(({ productId }) => productId === product.productId) ?? product);

const held = reserveFrom({ reservation: undefined, products: shelf }, { ...cart, holdUntil: UNTIL }, 1);
const hold = held.reservation;
const products = after(shelf, held.products);
const refusal = (code: string) => expect.objectContaining({ status: 409, code });

describe('stock that is held for a while', () => {
  it('is not available to others, and shows until when', () => {
    expect(left(products)).toEqual({ pen: 2, cup: 5 });
    expect([hold.status, hold.holdUntil, isHold(hold)]).toEqual(['RESERVED', UNTIL, true]);
  });

  it('is held longer, or for good, by the same request: nothing moves', () => {
    const longer = reserveFrom({ reservation: hold, hold, products }, { ...cart, holdUntil: 2_000 }, 2);
    expect([longer.products, longer.reservation.holdUntil]).toEqual([[], 2_000]);
    const forGood = reserveFrom({ reservation: hold, hold, products }, cart, 2);
    expect([forGood.products, isHold(forGood.reservation)]).toEqual([[], false]);
    const again = reserveFrom({ reservation: forGood.reservation, products }, { ...cart, holdUntil: 9_000 }, 3);
    expect(again.reservation).toBe(forGood.reservation);
  });

  it('can become other items, if there are enough', () => {
    const request = { orderId: 'CART', items: [line('pen', 10), line('cup', 1)], holdUntil: 2_000 };
    const changed = reserveFrom({ reservation: hold, hold, products }, request, 2);
    expect(left(after(products, changed.products))).toEqual({ pen: 0, cup: 4 });
    expect(changed.reservation).toMatchObject({ orderId: 'CART', status: 'RESERVED', items: request.items });
    const tooMany = { ...request, items: [line('pen', 11)] };
    expect(() => reserveFrom({ reservation: hold, hold, products }, tooMany, 2)).toThrow(refusal('OUT_OF_STOCK'));
  });
});

describe('a hold whose time is over', () => {
  const expired = expire({ reservation: hold, products }, UNTIL);

  it('is released by itself, not before', () => {
    expect(expire({ reservation: hold, products }, UNTIL - 1)).toBeUndefined();
    expect(expired?.reservation).toMatchObject({ status: 'RELEASED', over: true });
    expect(left(after(products, expired?.products ?? []))).toEqual({ pen: 10, cup: 5 });
  });
  it('can be held anew under its id', () => {
    const request = { ...cart, holdUntil: 5_000 };
    const anew = reserveFrom({ reservation: expired?.reservation, products: shelf }, request, 3_000);
    expect([anew.reservation.holdUntil, left(after(shelf, anew.products))]).toEqual([5_000, { pen: 2, cup: 5 }]);
    expect(anew.reservation).not.toHaveProperty('over');
  });
  it.each([
    ['there is none', undefined],
    ['an order has it for good', { ...hold, holdUntil: undefined }],
    ['it was released', settle('release', { reservation: hold, products }, { orderId: 'CART' }, 2).reservation],
  ])('is nothing where %s', (_why, reservation) =>
    expect(expire({ reservation: reservation as Reservation | undefined, products }, 9_999)).toBeUndefined(),
  );
});

describe('an order that takes a hold over', () => {
  const order = { orderId: 'O1', items: [line('pen', 8)] };
  const taken = reserveFrom({ reservation: undefined, hold, products }, order, 2);

  it('has its stock in the same moment, though nobody else could have so much', () => {
    expect(taken.reservation).toMatchObject({ orderId: 'O1', status: 'RESERVED', items: order.items });
    expect(isHold(taken.reservation)).toBe(false);
    expect(taken.given).toMatchObject({ orderId: 'CART', status: 'RELEASED', over: true });
    expect(left(after(products, taken.products))).toEqual({ pen: 2, cup: 5 });
    expect(() => reserveFrom({ reservation: undefined, products }, order, 2)).toThrow(refusal('OUT_OF_STOCK'));
  });
  it('can need other items: what is too much is given back, what is missing is taken', () => {
    const other = { orderId: 'O1', items: [line('pen', 3), line('cup', 2)] };
    const moved = reserveFrom({ reservation: undefined, hold, products }, other, 2);
    expect(left(after(products, moved.products))).toEqual({ pen: 7, cup: 3 });
  });
  it('leaves the hold as it is if the stock does not suffice', () =>
    expect(() =>
      reserveFrom({ reservation: undefined, hold, products }, { ...order, items: [line('pen', 11)] }, 2),
    ).toThrow(refusal('OUT_OF_STOCK')));
  it('takes it once', () => {
    const now = after(products, taken.products);
    const again = reserveFrom({ reservation: taken.reservation, hold: taken.given, products: now }, order, 3);
    expect(again).toEqual({ reservation: taken.reservation, products: [] });
  });
  it.each([
    ['is over', { ...hold, status: 'RELEASED', over: true }],
    ['is another order’s stock, and no hold', { ...hold, holdUntil: undefined }],
    ['is not there', undefined],
  ])('has no stock of one that %s', (_why, other) =>
    expect(() =>
      reserveFrom({ reservation: undefined, hold: other as Reservation | undefined, products }, order, 2),
    ).toThrow(refusal('OUT_OF_STOCK')),
  );
  it('is refused once it was released: a late request finds its tombstone', () => {
    const tombstone = settle('release', { reservation: undefined, products: [] }, { orderId: 'O1' }, 2).reservation;
    expect(() => reserveFrom({ reservation: tombstone, hold, products }, order, 3)).toThrow(
      refusal('RESERVATION_CLOSED'),
    );
  });
});
