import { describe, expect, it } from '@jest/globals';
import { OrderStatus } from '@oms/shared/contracts/order';
import { ShipmentStatus } from '@oms/shared/contracts/shipping';
import { announced, captured, moved, placed } from '../../test/notification-service.ts';
import { isRefusedAtOnce, newsOf } from './occasion.ts';

const shipmentMoved = (newStatus: string) =>
  announced('shipment.status-changed', {
    orderId: 'O1',
    shipmentId: 'S1',
    trackingNumber: 'TRK1',
    oldStatus: 'IN_TRANSIT',
    newStatus,
  });
const money = { orderId: 'O1', paymentId: 'PAY1', transactionId: 'T1', amount: 10.1, currency: 'EUR' };

describe('an order that was placed', () => {
  it('is news, with the customer and the currency', () => {
    expect(newsOf(placed())).toEqual({
      orderId: 'O1',
      occasion: {
        kind: 'order-received',
        items: [{ productId: 'PROD001', name: 'Kettle', quantity: 2, priceCents: 2999 }],
        totalCents: 5998,
        decimals: 2,
      },
      contact: {
        kind: 'contact',
        orderId: 'O1',
        customer: { id: 'C1', name: 'Ada Lovelace', email: 'ada@example.org' },
        currency: 'EUR',
      },
    });
  });

  it('may have the time that the client waits for an answer, and items without prices', () => {
    const { data } = placed();
    const items = [{ productId: 'PROD001', quantity: 2 }];
    const news = newsOf(announced('order.placed', { ...data, items, currency: 'JPY', total: 60, waitMs: 500 }));
    expect(news).toMatchObject({ waitMs: 500, occasion: { totalCents: 60, decimals: 0 } });
    expect(news?.occasion).toHaveProperty('items', items);
  });

  it.each(['not an address', 'a@b.example, c@d.example', 'a@b.example\r\nBcc: c@d.example', ''])(
    'with the e-mail address %j has none',
    (email) => {
      expect(newsOf(placed('O1', { id: 'C1', email }))?.contact?.customer.email).toBeUndefined();
    },
  );
});

describe('an order with charges', () => {
  it('lists them, a discount below zero', () => {
    const { data } = placed();
    const charges = [
      { kind: 'SHIPPING', amount: 4.99 },
      { kind: 'DISCOUNT', label: 'spring', amount: 1, lineId: '1' },
    ];
    expect(newsOf(announced('order.placed', { ...data, charges }))?.occasion).toMatchObject({
      charges: [
        { kind: 'SHIPPING', cents: 499 },
        { kind: 'DISCOUNT', label: 'spring', cents: -100 },
      ],
    });
  });
});

describe('a part of an order', () => {
  const shipment = { id: 'S1', trackingNumber: 'TRK1', carrier: 'EXPRESS', status: 'LABEL_GENERATED' };
  const items = [{ lineId: '2', productId: 'PROD002', quantity: 1 }];
  const part = { orderId: 'O1', number: 1, items, amount: 5, currency: 'EUR' };
  const lines = [{ productId: 'PROD002', quantity: 1 }];

  it('that was shipped, cancelled or returned is news, with its items', () => {
    const occasion = (type: string, more: object) => newsOf(announced(type, { ...part, ...more }))?.occasion;
    expect(occasion('order.parcel-shipped', { shipment })).toEqual({
      kind: 'parcel-shipped',
      parcel: { carrier: 'EXPRESS', trackingNumber: 'TRK1' },
      items: lines,
    });
    expect(occasion('order.lines-cancelled', { reason: 'too many' })).toEqual({
      ...{ kind: 'items-cancelled', items: lines, reason: 'too many' },
    });
    expect(occasion('order.lines-returned', { restocked: true })).toEqual({
      ...{ kind: 'items-returned', items: lines, reason: undefined },
    });
  });

  it('that was refunded is announced by the payment alone', () =>
    expect(newsOf(announced('order.refunded', part))).toBeUndefined());

  it.each([
    ['SHIPPED', undefined],
    ['RETURNED', undefined],
    ['DELIVERED', 'order-delivered'],
    ['CANCELLED', 'order-cancelled'],
  ])('and the status %s, which comes of it, announce nothing twice', (status, kind) =>
    expect(newsOf(moved(status, { inParts: true, shipment }))?.occasion.kind).toBe(kind),
  );
});

describe('an order that was rejected at once', () => {
  it('is no news: the client has read it in the answer', () => {
    const { data } = placed();
    expect(newsOf(announced('order.placed', { ...data, refusedAtOnce: true }))).toBeUndefined();
    expect(newsOf(moved('REJECTED', { refusedAtOnce: true }))).toBeUndefined();
  });
});

describe('an order that is rejected while the client still waits for the answer', () => {
  const refused = { orderId: 'O1', occasion: { kind: 'order-rejected' } } as const;

  it('was rejected in that answer, unless it came too late', () =>
    expect([1, 2, 3].map((at) => isRefusedAtOnce(refused, at, 2))).toEqual([true, true, false]));

  it('is different from one that was not rejected', () =>
    expect(isRefusedAtOnce({ ...refused, occasion: { kind: 'order-confirmed' } }, 1, 2)).toBe(false));
});

describe('a new status of an order', () => {
  it.each(
    OrderStatus.options.map((status) => [
      status,
      {
        PENDING: undefined,
        AWAITING_CONFIRMATION: 'order-awaiting-confirmation',
        CONFIRMED: 'order-confirmed',
        PARTIALLY_SHIPPED: undefined,
        PARTIALLY_RETURNED: undefined,
        PROCESSING: 'order-processing',
        SHIPPED: 'order-shipped',
        DELIVERED: 'order-delivered',
        REJECTED: 'order-rejected',
        CANCELLING: undefined,
        CANCELLED: 'order-cancelled',
        RETURNED: 'order-returned',
      }[status],
    ]),
  )('%s is %s', (status, kind) => {
    expect(newsOf(moved(status as string))?.occasion.kind).toBe(kind);
  });

  it.each([
    ['PENDING', true],
    ['CANCELLING', true],
    ['CONFIRMED', undefined],
  ])('after %s ends the placing: %s', (oldStatus, endsPlacing) => {
    const news = newsOf(moved('CANCELLED', { oldStatus }));
    const told = { orderId: 'O1', occasion: { kind: 'order-cancelled', reason: undefined } };
    expect(news).toStrictEqual(endsPlacing ? { ...told, endsPlacing } : told);
  });

  it('SHIPPED has the carrier and the tracking number', () => {
    const shipment = { id: 'S1', trackingNumber: 'TRK1', carrier: 'EXPRESS', status: 'LABEL_GENERATED' };
    expect(newsOf(moved('SHIPPED', { shipment }))?.occasion).toEqual({
      kind: 'order-shipped',
      parcel: { carrier: 'EXPRESS', trackingNumber: 'TRK1' },
    });
  });

  it('has the given reason, or the failure', () => {
    const failure = { code: 'OUT_OF_STOCK', reason: 'sold out' };
    const occasion = (more: object) => newsOf(moved('REJECTED', more))?.occasion;
    expect(newsOf(moved('CANCELLED', { reason: 'changed my mind' }))?.occasion).toEqual({
      ...{ kind: 'order-cancelled', reason: 'changed my mind' },
    });
    expect(occasion({ failure })).toEqual({ kind: 'order-rejected', reason: 'sold out' });
    expect(occasion({ failure, reason: 'too late' })).toEqual({ kind: 'order-rejected', reason: 'too late' });
  });
});

describe('money', () => {
  it('that was captured or refunded is news, in minor units of its currency', () => {
    expect(newsOf(captured())).toEqual({
      orderId: 'O1',
      occasion: { kind: 'payment-received', amountCents: 5998, decimals: 2 },
    });
    const refunded = (amount: number, currency?: string) =>
      newsOf(announced('payment.refunded', { ...money, amount, currency }))?.occasion;
    expect(refunded(10.1, 'EUR')).toEqual({ kind: 'payment-refunded', amountCents: 1010, decimals: 2 });
    expect(refunded(1010, 'JPY')).toEqual({ kind: 'payment-refunded', amountCents: 1010, decimals: 0 });
    expect(refunded(10.1)).toEqual({ kind: 'payment-refunded', amountCents: 1010, decimals: undefined });
    expect(refunded(1.01, 'KWD')).toEqual({ kind: 'payment-refunded', amountCents: 1010, decimals: 3 });
  });

  it.each(['authorized', 'voided', 'declined'])('that was only %s is no news', (what) => {
    expect(newsOf(announced(`payment.${what}`, money))).toBeUndefined();
  });
});

describe('a new status of a shipment', () => {
  const kinds: Record<string, string> = {
    OUT_FOR_DELIVERY: 'shipment-out-for-delivery',
    EXCEPTION: 'shipment-exception',
  };
  it.each(ShipmentStatus.options.map((status) => [status, kinds[status]]))('%s is %s', (status, kind) => {
    const occasion = kind && { kind, trackingNumber: 'TRK1' };
    expect(newsOf(shipmentMoved(status as string))).toEqual(occasion && { orderId: 'O1', occasion });
  });
});

describe('an event', () => {
  it.each([
    'order.address-changed',
    'stock.reserved',
    'shipment.created',
    'shipment.cancelled',
    'product.created',
    'x',
  ])('%s is no news', (type) => {
    expect(newsOf(announced(type, { orderId: 'O1' }))).toBeUndefined();
  });

  it('that breaks its contract is refused', () => {
    expect(() => newsOf(announced('order.placed', { orderId: 'O1' }))).toThrow();
  });
});
