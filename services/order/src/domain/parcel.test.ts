import { describe, expect, it } from '@jest/globals';
import type { ParcelNews } from '@oms/shared/contracts/order-commands';
import { ShipmentStatus } from '@oms/shared/contracts/shipping';
import { answers } from '../../test/bare-answers.ts';
import { after, changedTo, event, orderIn, shipment, started } from '../../test/order-history.ts';
import type { Decided } from './events.ts';
import { apply, type Order } from './order.ts';
import { deliver, follow } from './parcel.ts';

const following = (order: Order, events: readonly Decided[]): Order =>
  events.reduce((known, { type, data }) => apply(known, event(type, data as never)), order);
const news = (status: ShipmentStatus, sequence = 2): ParcelNews => ({ shipmentId: 'S1', status, sequence });
const told = (order: Order, ...all: ParcelNews[]) =>
  all.reduce((known, one) => following(known, follow(known, one)), order);

const shipped = after(changedTo('SHIPPED', { shipment }));
const ARRIVED = news('DELIVERED', 3);
const invalid = expect.objectContaining({ status: 409, code: 'INVALID_TRANSITION' });
const later = expect.objectContaining({ name: 'Unavailable', code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });

describe('an order whose parcel was delivered', () => {
  it('is delivered, and so is its parcel', () => {
    for (const order of [told(shipped, ARRIVED), following(shipped, deliver(shipped, [ARRIVED]))]) {
      expect(order).toMatchObject({ status: 'DELIVERED', shipment: { id: 'S1', status: 'DELIVERED' } });
    }
  });

  it('is delivered without a known parcel if an operator resolved its fulfilment', () => {
    const order = told(orderIn('SHIPPED'), ARRIVED);
    expect([order.status, order.shipment]).toEqual(['DELIVERED', undefined]);
  });

  it('is not changed when the news come again', () => {
    const delivered = told(shipped, ARRIVED);
    for (const events of [follow(delivered, ARRIVED), deliver(delivered, [ARRIVED]), deliver(delivered, undefined)])
      expect(events).toEqual([]);
  });

  it('asks for the news again later while its fulfilment is unfinished', () => {
    const fulfilling = orderIn('CONFIRMED', 'fulfil-order');
    expect(() => follow(fulfilling, ARRIVED)).toThrow(later);
    expect(() => deliver(fulfilling, undefined)).toThrow(later);
  });

  it('is not delivered if it was never shipped', () => {
    expect(() => follow(orderIn('CONFIRMED'), ARRIVED)).toThrow(invalid);
    expect(() => deliver(orderIn('CONFIRMED'), undefined)).toThrow(invalid);
  });
});

describe('an order that is to be delivered, and shipped just now', () => {
  it('asks for the news again later until shipping has confirmed it', () => {
    expect(() => deliver(shipped, undefined)).toThrow(later);
  });
});

describe('an order whose parcel moves', () => {
  it.each(['IN_TRANSIT', 'OUT_FOR_DELIVERY'] as const)('knows that it is %s', (status) => {
    expect(told(shipped, news(status))).toMatchObject({
      ...{ status: 'SHIPPED', needsAttention: false, version: 3 },
      shipment: { status, trackingNumber: 'TRK1' },
    });
  });

  it('is not changed by news that come late, or twice', () => {
    const order = told(shipped, news('EXCEPTION', 3), news('IN_TRANSIT', 2), news('EXCEPTION', 3));
    expect(order).toMatchObject({ shipment: { status: 'EXCEPTION' }, version: 3 });
  });

  it('does not follow the parcel of another order', () => {
    expect(() => follow(shipped, { ...news('IN_TRANSIT'), shipmentId: 'S2' })).toThrow(
      expect.objectContaining({ code: 'OTHER_SHIPMENT' }),
    );
  });

  it('does not follow a parcel before it has shipped', () => {
    expect(() => follow(after(changedTo('CANCELLED', { shipment })), news('IN_TRANSIT'))).toThrow(invalid);
  });

  it.each(ShipmentStatus.options)('waits with the news that it is %s while a saga is under way', (status) => {
    const cancelling = after(changedTo('CANCELLING', { shipment }), started('cancel-order'));
    expect(() => follow(cancelling, news(status))).toThrow(later);
  });

  it('learns nothing new when it has cancelled the parcel itself', () => {
    const cancelled = after(changedTo('CANCELLED', { shipment: { ...shipment, status: 'CANCELLED' } }));
    expect(follow(cancelled, news('CANCELLED'))).toEqual([]);
  });
});

describe('an order whose parcel is in trouble', () => {
  it.each([
    ['EXCEPTION', 'reports a problem'],
    ['RETURNED', 'came back'],
    ['CANCELLED', 'was cancelled'],
  ] as const)('needs attention when it is %s, and says why', (status, why) => {
    const order = told(shipped, news(status));
    expect(order).toMatchObject({ status: 'SHIPPED', needsAttention: true });
    expect(answers.render(order)).toMatchObject({
      needsAttention: true,
      attentionReason: expect.stringContaining(why),
    });
  });

  it.each([news('IN_TRANSIT', 3), ARRIVED])('needs it no more once the parcel goes on', (next) => {
    const order = told(shipped, news('EXCEPTION'), next);
    expect([order.needsAttention, answers.render(order).attentionReason]).toEqual([false, undefined]);
  });

  it('needs no operator once its return is under way', () => {
    const order = apply(told(shipped, news('RETURNED')), started('return-order'));
    expect(order.needsAttention).toBe(false);
  });
});
