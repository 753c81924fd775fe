import { describe, expect, it } from '@jest/globals';
import { settle } from './settlement.ts';
import {
  add,
  available,
  hold,
  isOffered,
  listed,
  type Moved,
  newProduct,
  type Product,
  reserve,
  type Stock,
  totals,
  unhold,
} from './stock.ts';

const release = (stock: Stock, orderId: string, now: number) => settle('release', stock, { orderId }, now);
const commit = (stock: Stock, orderId: string, now: number) => settle('commit', stock, { orderId }, now);
const restock = (stock: Stock, orderId: string, now: number) => settle('restock', stock, { orderId }, now);

const line = (productId: string, quantity: number) => ({ productId, quantity });
const [pens, cups] = [newProduct('pen', 10), newProduct('cup', 5)];
const order = [line('pen', 3), line('cup', 1), line('pen', 2)];
const untouched: Stock = { reservation: undefined, products: [pens, cups] };

const reserving = (stock: Stock, items = order) => reserve(stock, { orderId: 'O1', items }, 1);
const refusal = (code: string, details = {}) =>
  expect.objectContaining({ status: 409, code, details: expect.objectContaining(details) });
const closed = (status: string, what: string) =>
  expect.objectContaining({
    ...{ status: 409, code: 'RESERVATION_CLOSED' },
    message: `The reservation of order O1 is ${status} and cannot be ${what}.`,
  });
const levels = ({ products }: Moved) =>
  products.map(({ productId, onHand, reserved, shipped, restocked }) => [
    productId,
    onHand,
    reserved,
    shipped,
    restocked,
  ]);

const reserved = reserving(untouched);
const released = release(reserved, 'O1', 2);
const committed = commit(reserved, 'O1', 3);
const restocked = restock(committed, 'O1', 4);
const neverSeen = release({ reservation: undefined, products: [] }, 'O1', 5);

describe('an order that has no reservation', () => {
  it('reserves all its lines, those of one product together', () => {
    expect(reserved.reservation).toEqual({
      ...{ kind: 'reservation', orderId: 'O1', status: 'RESERVED', items: order, updatedAt: 1 },
    });
    expect(levels(reserved)).toEqual([
      ['pen', 10, 5, 0, 0],
      ['cup', 5, 1, 0, 0],
    ]);
  });
  it('reserves the last units', () => {
    const [emptied] = reserving({ reservation: undefined, products: [cups] }, [line('cup', 5)]).products;
    expect(available(emptied as Product)).toBe(0);
  });
  it('is refused when a product is out of stock, with the product and the quantity left', () =>
    expect(() => reserving(untouched, [line('pen', 10), line('cup', 3), line('cup', 3)])).toThrow(
      expect.objectContaining({
        ...{ status: 409, code: 'OUT_OF_STOCK', message: 'Not enough in stock. cup: 6 wanted, 5 left.' },
        details: { items: [{ productId: 'cup', requested: 6, available: 5 }] },
      }),
    ));
  it.each([[['hat']], [['hat', 'cap']]])('is refused when a product does not exist: %j', (products) =>
    expect(() =>
      reserving(
        untouched,
        ['pen', ...products].map((id) => line(id, 1)),
      ),
    ).toThrow(refusal('PRODUCT_NOT_FOUND', { products })),
  );
  it('has nothing to commit or to restock', () => {
    expect(() => commit(untouched, 'O1', 1)).toThrow(refusal('RESERVATION_NOT_FOUND'));
    expect(() => restock(untouched, 'O1', 1)).toThrow(refusal('RESERVATION_NOT_FOUND'));
  });
  it('is remembered as released, so that a reserve that arrives late is refused', () => {
    expect(neverSeen).toEqual({
      reservation: { kind: 'reservation', orderId: 'O1', status: 'RELEASED', items: [], updatedAt: 5 },
      products: [],
    });
    expect(() => reserving({ ...untouched, reservation: neverSeen.reservation })).toThrow(
      closed('RELEASED', 'reserved'),
    );
  });
});

describe('a reservation', () => {
  it('is the same when reserved again, however its lines are split', () => {
    const again = reserving(reserved, [line('cup', 1), line('pen', 5)]);
    expect(again).toEqual({ reservation: reserved.reservation, products: [] });
  });
  it.each([
    [[line('pen', 5)]],
    [[line('pen', 5), line('cup', 2)]],
    [[line('pen', 5), line('hat', 1)]],
    [[line('pen', 5), line('cup', 1), line('hat', 1)]],
  ])('cannot be reserved with other lines: %j', (items) =>
    expect(() => reserving(reserved, items)).toThrow(closed('RESERVED', 'reserved')),
  );
  it('gives everything back when released', () => {
    expect(released.reservation).toEqual({ ...reserved.reservation, status: 'RELEASED', updatedAt: 2 });
    expect(levels(released)).toEqual([
      ['pen', 10, 0, 0, 0],
      ['cup', 5, 0, 0, 0],
    ]);
  });
  it('is shipped when committed', () => {
    expect(committed.reservation).toEqual({ ...reserved.reservation, status: 'COMMITTED', updatedAt: 3 });
    expect(levels(committed)).toEqual([
      ['pen', 5, 0, 5, 0],
      ['cup', 4, 0, 1, 0],
    ]);
  });
  it('cannot be restocked before it is shipped', () =>
    expect(() => restock(reserved, 'O1', 1)).toThrow(closed('RESERVED', 'restocked')));
});

describe('a released reservation', () => {
  it('is the same when released again', () =>
    expect(release(released, 'O1', 9)).toEqual({ reservation: released.reservation, products: [] }));
  it('can be neither reserved nor committed', () => {
    expect(() => reserving(released)).toThrow(closed('RELEASED', 'reserved'));
    expect(() => commit(released, 'O1', 9)).toThrow(closed('RELEASED', 'committed'));
  });
});

describe('a committed reservation', () => {
  it('is the same when committed again', () =>
    expect(commit(committed, 'O1', 9)).toEqual({ reservation: committed.reservation, products: [] }));
  it('cannot be released', () => expect(() => release(committed, 'O1', 9)).toThrow(closed('COMMITTED', 'released')));
  it('returns to stock when restocked', () => {
    expect(restocked.reservation).toEqual({ ...reserved.reservation, status: 'RESTOCKED', updatedAt: 4 });
    expect(levels(restocked)).toEqual([
      ['pen', 10, 0, 5, 5],
      ['cup', 5, 0, 1, 1],
    ]);
  });
});

describe('a restocked reservation', () => {
  it('is the same when restocked again', () =>
    expect(restock(restocked, 'O1', 9)).toEqual({ reservation: restocked.reservation, products: [] }));
  it('can be neither released nor committed', () => {
    expect(() => release(restocked, 'O1', 9)).toThrow(closed('RESTOCKED', 'released'));
    expect(() => commit(restocked, 'O1', 9)).toThrow(closed('RESTOCKED', 'committed'));
  });
});

describe('a hold without an order', () => {
  it('makes less available', () => {
    expect(hold(pens, 4)).toMatchObject({ reserved: 4, held: 4, onHand: 10 });
    expect([4, 10].map((quantity) => available(hold(pens, quantity)))).toEqual([6, 0]);
  });
  it('is refused beyond what is available', () =>
    expect(() => hold(pens, 11)).toThrow(
      refusal('OUT_OF_STOCK', { items: [{ productId: 'pen', requested: 11, available: 10 }] }),
    ));
  it.each([3, 4])('ends for %i of 4', (quantity) =>
    expect(unhold(hold(pens, 4), quantity)).toMatchObject({ reserved: 4 - quantity, held: 4 - quantity }),
  );
  it('does not end what an order has reserved', () => {
    const [reservedPens] = reserved.products as [Product];
    expect(() => unhold(reservedPens, 1)).toThrow(refusal('NOT_RESERVED'));
  });
});

describe('a product', () => {
  it('is all on hand in the beginning', () =>
    expect(pens).toEqual({
      ...{ kind: 'product', productId: 'pen', initial: 10, added: 0, restocked: 0, shipped: 0 },
      ...{ onHand: 10, reserved: 0, held: 0, movements: 0 },
    }));
  it('has more after an addition', () => expect(add(pens, 5)).toMatchObject({ onHand: 15, added: 5 }));
  it('counts its movements', () => expect(add(hold(pens, 1), 1).movements).toBe(2));
});

describe('what the catalog says of a product', () => {
  const onSale = (sequence: number, at = sequence) => ({ offered: true, sequence, at });
  const deleted = (sequence: number, at = sequence) => ({ offered: false, sequence, at });
  const gone = listed(pens, 'pen', deleted(2));

  it('gives a new product no stock yet', () =>
    expect(listed(undefined, 'hat', onSale(1))).toEqual({ ...newProduct('hat', 0), catalog: onSale(1) }));
  it('changes none of the counts', () => expect(gone).toEqual({ ...pens, catalog: deleted(2) }));
  it('counts until it says something else, whatever happens to the stock', () => {
    expect([pens, gone, listed(gone, 'pen', onSale(3))].map(isOffered)).toEqual([true, false, true]);
    expect(isOffered(add(gone, 5))).toBe(false);
  });
  it.each([
    ['again', 2, 2],
    ['late', 1, 1],
    ['late, with the same time', 1, 2],
  ])('is nothing new when it comes %s', (_how, sequence, at) =>
    expect(listed(gone, 'pen', onSale(sequence, at))).toBe(gone),
  );
  it('is new with a later number, though by another clock it was earlier', () =>
    expect(isOffered(listed(gone, 'pen', onSale(3, 1)))).toBe(true));
  it('is new with a later time: a catalog that begins anew counts from 1', () =>
    expect(isOffered(listed(gone, 'pen', onSale(1, 3)))).toBe(true));
});

describe('a product that was deleted from the catalog', () => {
  const gone = ({ products }: Pick<Stock, 'products'>) =>
    products.map((one) => listed(one, one.productId, { offered: false, sequence: 2, at: 2 }));

  it('cannot be reserved, as one that does not exist', () =>
    expect(() => reserving({ ...untouched, products: [...gone({ products: [pens] }), cups] })).toThrow(
      refusal('PRODUCT_NOT_FOUND', { products: ['pen'] }),
    ));
  it('stays reserved for an order, which is shipped, returned or given up as always', () => {
    const now = { ...reserved, products: gone(reserved) };
    expect(reserving(now)).toEqual({ reservation: reserved.reservation, products: [] });
    expect(levels(commit(now, 'O1', 3))).toEqual(levels(committed));
    expect(levels(release(now, 'O1', 3))).toEqual(levels(released));
    expect(levels(restock({ ...committed, products: gone(committed) }, 'O1', 4))).toEqual(levels(restocked));
  });
});

describe('the lines of an order', () => {
  it('count together by product', () =>
    expect([...totals(order)]).toEqual([
      ['pen', 5],
      ['cup', 1],
    ]));
});
