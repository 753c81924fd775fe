import { describe, expect, it } from '@jest/globals';
import type { Reservation, StockLevel } from '@oms/shared/contracts/inventory';
import type { Payment } from '@oms/shared/contracts/payment';
import type { Shipment } from '@oms/shared/contracts/shipping';
import { after, changedTo, orderIn, shipment as parcel } from '../../test/order-history.ts';
import type { Order } from '../domain/order.ts';
import { compareOrder, compareOrphan, compareStock, reservedPerProduct } from './compare.ts';
import type { Records } from './records.ts';

const LINES = [
  { productId: 'PROD2', quantity: 1 },
  { productId: 'PROD1', quantity: 1 },
  { productId: 'PROD1', quantity: 1 },
];
const reservation = (status: Reservation['status'], items = LINES): Records => ({
  reservation: { orderId: 'O1', status, items, open: status === 'RESERVED' ? items : [], updatedAt: '' },
});
const payment = (status: Payment['status'], captured = 0, refunded = 0, amount = 30.19): Records => ({
  payment: { status, captured, refunded, amount, currency: 'USD' } as Payment,
});
const shipment = (status: Shipment['status']): Records => ({ shipment: { status } as Shipment });

const held = { ...reservation('RESERVED'), ...payment('AUTHORIZED') };
const inYen = { ...held.payment, currency: 'JPY' } as Payment;
const gone = { ...reservation('COMMITTED'), ...payment('CAPTURED', 30.19), ...shipment('IN_TRANSIT') };
const arrived = { ...gone, ...shipment('DELIVERED') };
const back = { ...reservation('RESTOCKED'), ...payment('REFUNDED', 30.19, 30.19), ...shipment('DELIVERED') };
const nothing = { ...reservation('RELEASED', []), ...payment('VOIDED', 0, 0, 0), ...shipment('CANCELLED') };

const kinds = (status: Order['status'], records: Records) =>
  compareOrder(orderIn(status), records).map(({ kind, detail }) => [kind, detail]);

describe('an order and the records of the participants', () => {
  it.each<[Order['status'], Records]>([
    ['CONFIRMED', held],
    ['AWAITING_CONFIRMATION', held],
    ['PROCESSING', { ...held, ...shipment('CANCELLED') }],
    ['SHIPPED', gone],
    ['SHIPPED', { ...gone, ...shipment('OUT_FOR_DELIVERY') }],
    ['SHIPPED', { ...gone, ...shipment('EXCEPTION') }],
    ['SHIPPED', { ...gone, ...shipment('RETURNED') }],
    ['DELIVERED', arrived],
    ['RETURNED', back],
    ['RETURNED', { ...back, ...shipment('RETURNED') }],
    ['RETURNED', { ...back, ...shipment('CANCELLED') }],
    ['REJECTED', nothing],
    ['REJECTED', {}],
    ['REJECTED', { ...reservation('RELEASED'), ...payment('DECLINED') }],
    ['CANCELLED', { ...nothing, ...payment('REFUNDED', 30.19, 30.19) }],
  ])('agree when it is %s', (status, records) => {
    expect(kinds(status, records)).toEqual([]);
  });

  it.each<[Order['status'], Records, string, string]>([
    ['CONFIRMED', payment('AUTHORIZED'), 'RESERVATION_MISMATCH', 'reservation is none'],
    ['CONFIRMED', { ...held, ...reservation('RELEASED') }, 'RESERVATION_MISMATCH', 'reservation is RELEASED'],
    ['CONFIRMED', { ...held, ...reservation('RESERVED', []) }, 'RESERVATION_MISMATCH', 'reservation has other items'],
    [
      'CONFIRMED',
      { ...held, ...reservation('RESERVED', [...LINES, { productId: 'PROD3', quantity: 1 }]) },
      'RESERVATION_MISMATCH',
      'reservation has other items',
    ],
    [
      'CONFIRMED',
      { ...held, ...reservation('RESERVED', [...LINES.slice(1), { productId: 'PROD2', quantity: 2 }]) },
      'RESERVATION_MISMATCH',
      'reservation has other items',
    ],
    ['CONFIRMED', reservation('RESERVED'), 'PAYMENT_MISMATCH', 'payment is none'],
    ['CONFIRMED', { ...held, ...payment('AUTHORIZED', 0, 0, 30.18) }, 'PAYMENT_MISMATCH', 'payment is over 30.18 USD'],
    ['CONFIRMED', { ...held, payment: inYen }, 'PAYMENT_MISMATCH', 'payment is over 30.19 JPY'],
    ['CONFIRMED', { ...held, ...shipment('LABEL_GENERATED') }, 'SHIPMENT_MISMATCH', 'shipment is LABEL_GENERATED'],
    ['SHIPPED', { ...gone, ...reservation('RESERVED') }, 'RESERVATION_MISMATCH', 'reservation is RESERVED'],
    ['SHIPPED', { ...gone, payment: undefined }, 'PAYMENT_MISMATCH', 'payment is none'],
    ['SHIPPED', { ...gone, ...payment('CAPTURED', 30) }, 'MONEY_MISMATCH', 'captured sum is 30'],
    ['SHIPPED', { ...gone, ...shipment('CANCELLED') }, 'SHIPMENT_MISMATCH', 'shipment is CANCELLED'],
    ['SHIPPED', { ...gone, shipment: undefined }, 'SHIPMENT_MISMATCH', 'shipment is none'],
    ['SHIPPED', arrived, 'SHIPMENT_MISMATCH', 'shipment is DELIVERED'],
    ['DELIVERED', gone, 'SHIPMENT_MISMATCH', 'shipment is IN_TRANSIT'],
    ['DELIVERED', { ...gone, ...shipment('RETURNED') }, 'SHIPMENT_MISMATCH', 'shipment is RETURNED'],
    ['DELIVERED', { ...gone, ...shipment('CANCELLED') }, 'SHIPMENT_MISMATCH', 'shipment is CANCELLED'],
    ['RETURNED', { ...back, ...shipment('IN_TRANSIT') }, 'SHIPMENT_MISMATCH', 'shipment is IN_TRANSIT'],
    ['CANCELLED', { ...nothing, ...shipment('IN_TRANSIT') }, 'SHIPMENT_MISMATCH', 'shipment is IN_TRANSIT'],
    [
      'RETURNED',
      { ...back, ...payment('REFUNDED', 30.19, 30) },
      'MONEY_MISMATCH',
      'balance is 30.19 captured, 30 refunded',
    ],
    ['REJECTED', { ...nothing, ...payment('PENDING') }, 'PAYMENT_MISMATCH', 'payment is PENDING'],
    ['CANCELLED', { ...nothing, ...reservation('RESERVED') }, 'RESERVATION_MISMATCH', 'reservation is RESERVED'],
  ])('disagree when it is %s: %j', (status, records, kind, is) => {
    expect(kinds(status, records)).toEqual([[kind, `the order is ${status}, but its ${is}`]]);
  });

  it.each(['PENDING', 'CANCELLING'] as const)('name the missing saga when it is %s', (status) => {
    expect(compareOrder(orderIn(status), nothing)).toEqual([
      { kind: 'SAGA_MISSING', id: 'O1', detail: `the order is ${status}, and no saga works on it` },
    ]);
  });

  it('name everything that is wrong', () => {
    expect(kinds('CANCELLED', gone).map(([kind]) => kind)).toEqual([
      ...['RESERVATION_MISMATCH', 'PAYMENT_MISMATCH', 'MONEY_MISMATCH', 'SHIPMENT_MISMATCH'],
    ]);
  });
});

describe('an order and its parcel', () => {
  const sent = (known: Order['shipment'], is: Partial<Shipment>) =>
    compareOrder(after(changedTo('SHIPPED', { shipment: known })), { ...gone, shipment: is as Shipment });

  it('agree when the order knows its status', () => {
    expect(sent({ ...parcel, status: 'EXCEPTION' }, { id: 'S1', status: 'EXCEPTION' })).toEqual([]);
  });

  it('agree when it is never sent, whatever the order knew of it', () => {
    const order = after(changedTo('CANCELLED', { shipment: parcel }));
    expect(compareOrder(order, { ...nothing, shipment: { id: 'S1', status: 'CANCELLED' } as Shipment })).toEqual([]);
  });

  it.each<[string, Partial<Shipment>]>([
    ['IN_TRANSIT, and not LABEL_GENERATED', { id: 'S1', status: 'IN_TRANSIT' }],
    ['S2, and not S1', { id: 'S2', status: 'LABEL_GENERATED' }],
  ])('disagree: it is %s', (is, shipped) => {
    const detail = `the order is SHIPPED, but its shipment is ${is}`;
    expect(sent(parcel, shipped)).toEqual([{ kind: 'SHIPMENT_MISMATCH', id: 'O1', detail }]);
  });

  it.each(['IN_TRANSIT', 'DELIVERED', 'CANCELLED'] as const)(
    'are not reported while the news that it is %s is under way',
    (status) => {
      expect(sent(parcel, { id: 'S1', status, orderTold: false })).toEqual([]);
    },
  );
});

describe('records of an order that does not exist', () => {
  it('are fine as long as they hold nothing', () => {
    expect(compareOrphan('O9', nothing)).toEqual([]);
    expect(compareOrphan('O9', {})).toEqual([]);
    expect(compareOrphan('O9', reservation('RESTOCKED'))).toEqual([]);
  });

  it('are reported when they hold something', () => {
    expect(compareOrphan('O9', gone)).toEqual([
      { kind: 'ORPHAN_RESERVATION', id: 'O9', detail: 'there is no such order, but its reservation is COMMITTED' },
      { kind: 'ORPHAN_PAYMENT', id: 'O9', detail: 'there is no such order, but its payment is CAPTURED' },
      { kind: 'ORPHAN_SHIPMENT', id: 'O9', detail: 'there is no such order, but its shipment is IN_TRANSIT' },
    ]);
  });
});

describe('the stock of a product', () => {
  const level: StockLevel = {
    productId: 'PROD1',
    ...{ initial: 100, added: 10, shipped: 20, restocked: 5, movements: 9 },
    ...{ onHand: 95, reserved: 15, held: 5, available: 80 },
  };

  it('adds up', () => {
    expect(compareStock(level, 10)).toEqual([]);
    expect(compareStock({ ...level, available: 0, reserved: 95 }, 90)).toEqual([]);
    expect(compareStock({ ...level, available: 95, reserved: 0, held: 0 }, 0)).toEqual([]);
  });

  it.each([
    ['STOCK_MISMATCH', { shipped: 19 }, 10],
    ['STOCK_MISMATCH', { onHand: 94 }, 10],
    ['RESERVED_MISMATCH', {}, 9],
    ['RESERVED_MISMATCH', { held: 4 }, 10],
    ['STOCK_NEGATIVE', { available: -1, reserved: 96, held: 86 }, 10],
    ['STOCK_NEGATIVE', { available: 96, reserved: -1, held: 0 }, -1],
  ])('does not: %s with %j', (kind, change, reservedByOrders) => {
    expect(compareStock({ ...level, ...change }, reservedByOrders).map((one) => one.kind)).toEqual([kind]);
  });

  it('is reserved by the reservations in force, all lines together', () => {
    const all = [reservation('RESERVED'), reservation('RESERVED'), reservation('RELEASED'), reservation('COMMITTED')];
    const sums = reservedPerProduct(all.map((one) => one.reservation as Reservation));
    expect([...sums].sort()).toEqual([
      ['PROD1', 4],
      ['PROD2', 2],
    ]);
  });
});
