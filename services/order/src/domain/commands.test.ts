import { describe, expect, it } from '@jest/globals';
import { address, after, changedTo, event, orderIn, START, shipment } from '../../test/order-history.ts';
import { CART } from '../../test/order-world.ts';
import * as commands from './commands.ts';
import type { Decided } from './events.ts';
import { apply, type Order } from './order.ts';

const following = (order: Order | undefined, events: readonly Decided[]) =>
  events.reduce<Order | undefined>(
    (known, decided) => apply(known, { ...event(decided.type, decided.data as never) }),
    order,
  );
const TIMES = { deadlineMs: 900_000, holdMs: 60_000 };
const invalid = expect.objectContaining({ status: 409, code: 'INVALID_TRANSITION' });

describe('placing', () => {
  it('makes an order of the cart, in minor units of its currency, with its deadline', () => {
    const items = [
      { productId: 'PROD1', name: 'Lamp', quantity: 3, price: 19.99 },
      { productId: 'PROD2', quantity: 1, price: 0.1 },
    ];
    const customer = { id: 'C1', email: 'ada@example.org' };
    const events = commands.place('O1', { ...CART, customer, items }, START, TIMES);
    expect(events).toEqual([
      {
        type: 'order.placed',
        data: {
          ...{ orderId: 'O1', customer, currency: 'USD', paymentMethod: 'tok_visa', autoConfirm: true },
          shippingAddress: CART.shippingAddress,
          items: [
            { productId: 'PROD1', name: 'Lamp', quantity: 3, priceCents: 1_999 },
            { productId: 'PROD2', quantity: 1, priceCents: 10 },
          ],
          totalCents: 6_007,
          decimals: 2,
          holdMs: 60_000,
          deadline: START + 900_000,
        },
      },
    ]);
    expect(JSON.parse(JSON.stringify(events[0]?.data))).not.toHaveProperty('items.1.name');
  });

  it.each([
    ['KWD', 1.234, 1_234, 3],
    ['JPY', 1_234, 1_234, 0],
    ['USD', 12.34, 1_234, 2],
  ])('counts %s by its own decimals', (currency, price, priceCents, decimals) => {
    const items = [{ productId: 'PROD1', quantity: 2, price }];
    const placed = commands.place('O1', { ...CART, currency, items }, START, TIMES);
    expect(following(undefined, placed)).toMatchObject({
      items: [{ priceCents }],
      totalCents: 2 * priceCents,
      decimals,
    });
  });

  it('is in dollars where neither request nor catalog says otherwise', () => {
    const placed = commands.place('O1', { ...CART, currency: undefined }, START, TIMES);
    expect(following(undefined, placed)).toMatchObject({ currency: 'USD', decimals: 2 });
  });

  it('makes a rejected order when the cart is refused: no saga begins, and nothing is held', () => {
    const failure = { code: 'PRODUCT_NOT_FOUND', reason: 'There is no product PROD2.' };
    const items = [...CART.items, { productId: 'PROD2', quantity: 2 }];
    const placed = commands.place('O1', { ...CART, items, autoConfirm: false }, START, TIMES, failure);
    expect(placed.map(({ type, data }) => [type, data])).toEqual([
      ['order.placed', expect.objectContaining({ refusedAtOnce: true })],
      [
        'order.status-changed',
        { orderId: 'O1', oldStatus: 'PENDING', newStatus: 'REJECTED', failure, refusedAtOnce: true },
      ],
    ]);
    const order = following(undefined, placed);
    expect(order).toMatchObject({ status: 'REJECTED', failure, totalCents: 2_000, version: 2 });
    expect([order?.saga, order?.holdUntil, order?.items[1]?.priceCents]).toEqual([undefined, undefined, undefined]);
  });
});

describe('a change of the address', () => {
  const order = orderIn('CONFIRMED');
  const changed = [{ type: 'order.address-changed', data: { shippingAddress: address } }];

  it('is made', () => {
    expect(commands.changeAddress(order, address, 20)).toEqual(changed);
  });

  it('is not made once the order has left', () => {
    expect(() => commands.changeAddress(orderIn('SHIPPED'), address, 20)).toThrow(
      expect.objectContaining({ status: 409, code: 'ORDER_NOT_EDITABLE' }),
    );
  });
});

describe('a change of the address that is made again and again', () => {
  const move = (order: Order, city: string) =>
    following(order, commands.changeAddress(order, { ...address, city }, 3)) as Order;

  it('to the same address changes nothing, and is no event', () => {
    const order = move(orderIn('CONFIRMED'), 'Shelbyville');
    expect(commands.changeAddress(order, { ...address, city: 'Shelbyville' }, 3)).toEqual([]);
  });

  it('is refused beyond the limit, even back to an earlier address', () => {
    const moved = ['A', 'B', 'C'].reduce<Order>(move, orderIn('CONFIRMED'));
    expect(moved.shippingAddress?.city).toBe('C');
    for (const city of ['A', 'D']) {
      expect(() => move(moved, city)).toThrow(
        expect.objectContaining({ status: 409, code: 'ADDRESS_CHANGED_TOO_OFTEN', details: { most: 3 } }),
      );
    }
    expect(move(moved, 'C')).toBe(moved);
  });

  it('is refused at once if the limit is none', () => {
    expect(() => commands.changeAddress(orderIn('CONFIRMED'), address, 0)).toThrow('was changed 0 times already');
    expect(commands.changeAddress(orderIn('CONFIRMED'), address, 1)).toHaveLength(1);
  });
});

describe('fulfilling', () => {
  const addressed = after(event('order.address-changed', { shippingAddress: address }), changedTo('CONFIRMED'));

  it('uses the carrier and the address that the request names', () => {
    const command = { carrier: 'EXPRESS' as const, shippingAddress: { ...address, city: 'Shelbyville' } };
    expect(following(addressed, commands.startFulfilling(addressed, command))).toMatchObject({
      ...command,
      status: 'CONFIRMED',
      saga: { name: 'fulfil-order' },
    });
  });

  it('uses the address of the order and the standard carrier if the request names none', () => {
    expect(following(addressed, commands.startFulfilling(addressed, {}))).toMatchObject({
      carrier: 'STANDARD',
      shippingAddress: address,
    });
  });

  it('needs an address', () => {
    expect(() => commands.startFulfilling(orderIn('CONFIRMED'), {})).toThrow(
      expect.objectContaining({ status: 409, code: 'ADDRESS_REQUIRED' }),
    );
  });

  it('is for confirmed orders', () => {
    expect(() => commands.startFulfilling(orderIn('SHIPPED'), { shippingAddress: address })).toThrow(invalid);
  });
});

describe('cancelling and returning', () => {
  it('an order whose parcel came back, or never left, can be returned before it is delivered', () => {
    for (const status of ['RETURNED', 'CANCELLED']) {
      const order = after(changedTo('SHIPPED', { shipment: { ...shipment, status } }));
      expect(following(order, commands.startReturning(order, undefined))?.saga?.name).toBe('return-order');
    }
    const held = after(changedTo('SHIPPED', { shipment: { ...shipment, status: 'EXCEPTION' } }));
    expect(() => commands.startReturning(held, undefined)).toThrow(invalid);
  });

  it('a cancellation takes the place of a saga under way', () => {
    const events = commands.startCancelling(after(), 'changed my mind');
    expect(following(after(), events)).toMatchObject({
      status: 'CANCELLING',
      saga: { name: 'cancel-order', done: [] },
    });
    expect(events.map(({ data }) => data)).toEqual([
      { orderId: 'O1', oldStatus: 'PENDING', newStatus: 'CANCELLING', reason: 'changed my mind' },
      { saga: 'cancel-order', reason: 'changed my mind' },
    ]);
    expect(() => commands.startCancelling(orderIn('SHIPPED'), undefined)).toThrow(invalid);
  });

  it('a return begins once the order is delivered', () => {
    const delivered = orderIn('DELIVERED');
    expect(following(delivered, commands.startReturning(delivered, 'does not fit'))).toMatchObject({
      status: 'DELIVERED',
      saga: { name: 'return-order' },
    });
    expect(() => commands.startReturning(orderIn('SHIPPED'), undefined)).toThrow(invalid);
  });

  it('a status that no command leads to is refused', () => {
    expect(() => commands.noCommandLeadsTo(orderIn('SHIPPED'), 'PENDING')).toThrow(
      expect.objectContaining({
        ...{ status: 409, code: 'INVALID_TRANSITION', details: { orderStatus: 'SHIPPED' } },
        message: 'No command leads order O1 from SHIPPED to PENDING.',
      }),
    );
  });

  it.each(['SHIPPED', 'DELIVERED'] as const)('a change to %s says with whom it travels if it leaves thereby', (to) => {
    const order = after(changedTo('CONFIRMED', { shipment }));
    const data = { orderId: 'O1', oldStatus: 'CONFIRMED', newStatus: to };
    expect(commands.statusChange(order, to).data).toStrictEqual(to === 'SHIPPED' ? { ...data, shipment } : data);
  });
});
