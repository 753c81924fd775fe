import { describe, expect, it } from '@jest/globals';
import { Order } from '@oms/shared/contracts/order';
import { OLD } from '../../../../tests/support/old-events.ts';
import { address, after, changedTo, event, orderIn, START, shipment, started } from '../../test/order-history.ts';
import type { Failure, OrderEvent, SagaName } from '../domain/events.ts';
import { rebuild } from '../domain/order.ts';
import { Answers } from './answers.ts';

const links = {
  label: (trackingNumber: string) => `/shipments/labels/${trackingNumber}?signature=s`,
  tag: (etag: string) => etag,
};
const { render, order: orderAnswer, accepted: acceptedAnswer, settled: settledAnswer } = new Answers(links);

const waiting = (saga: SagaName) => ({ saga, instance: '/orders', traceId: 't1' });
const problemOf = (failure: Failure) =>
  settledAnswer(after(changedTo('REJECTED', { failure })), waiting('place-order'));

describe('an order as clients see it', () => {
  const sent = (fulfilled: number) => ({ fulfilled, cancelled: 0, returned: 0 });
  const shown = { ...shipment, labelUrl: `/shipments/labels/${shipment.trackingNumber}?signature=s` };

  it('has prices in decimals, and nothing internal', () => {
    const order = after(
      event('order.address-changed', { shippingAddress: address }),
      event('saga.step-done', {
        ...{ saga: 'place-order', step: 'x', attempts: 1, ms: 1 },
        result: { reservation: { status: 'RESERVED' }, payment: { id: 'P1', status: 'AUTHORIZED' } },
      }),
      changedTo('SHIPPED', { shipment, failure: { code: 'C', reason: 'r', unavailable: true, details: {} } }),
    );
    expect(JSON.parse(JSON.stringify(render(order)))).toEqual({
      id: 'O1',
      orderId: 'O1',
      status: 'SHIPPED',
      customer: { id: 'C1' },
      items: [
        { lineId: '1', productId: 'PROD1', quantity: 2, price: 10.1, lineTotal: 20.2, ...sent(2) },
        { lineId: '2', productId: 'PROD2', name: 'Lamp', quantity: 1, price: 9.99, lineTotal: 9.99, ...sent(1) },
      ],
      subtotal: 30.19,
      charges: [],
      total: 30.19,
      captured: 30.19,
      refunded: 0,
      currency: 'USD',
      shippingAddress: address,
      paymentMethod: 'tok_visa',
      reservation: { status: 'RESERVED' },
      payment: { id: 'P1', status: 'AUTHORIZED' },
      shipment: shown,
      shipments: [
        {
          ...shown,
          items: [
            { lineId: '1', productId: 'PROD1', quantity: 2 },
            { lineId: '2', productId: 'PROD2', quantity: 1 },
          ],
        },
      ],
      failure: { code: 'C', reason: 'r' },
      needsAttention: false,
      version: 4,
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(Order.parse(render(order))).toBeTruthy();
  });

  it('that was stored before currencies had their own decimals has the same prices', () => {
    const [inEuro, inYen] = OLD.order.map((event) => render(rebuild([event as unknown as OrderEvent]) as never));
    expect(inEuro).toMatchObject({ items: [{ price: 29.99, lineTotal: 59.98 }], total: 59.98, currency: 'EUR' });
    expect(inYen).toMatchObject({ items: [{ price: 1000, lineTotal: 1000 }], total: 1000, currency: 'JPY' });
  });

  it('has its version as ETag, and its Location when it is accepted', () => {
    expect(orderAnswer(after())).toMatchObject({ status: 200, headers: { ETag: '"1"' } });
    expect(orderAnswer(after()).headers).not.toHaveProperty('Location');
    expect(acceptedAnswer(after())).toMatchObject({ status: 202, headers: { ETag: '"1"', Location: '/orders/O1' } });
  });
});

describe('an order whose saga is under way, as clients see it', () => {
  const about = { saga: 'fulfil-order' as const, step: 'book-shipment' };
  const tried = { ...about, attempts: 1, ms: 1 };
  const fulfilling = [changedTo('CONFIRMED'), started('fulfil-order')];
  const since = new Date(START).toISOString();
  const sagaAfter = (...more: Parameters<typeof after>) =>
    JSON.parse(JSON.stringify(render(after(...fulfilling, ...more)).saga));

  it('shows which step it is at, and since when', () => {
    const begun = { name: 'fulfil-order', step: 'book-shipment', phase: 'forward', since, attempts: 0 };
    expect(sagaAfter()).toEqual(begun);
    expect(sagaAfter(event('saga.step-done', { ...tried, result: { shipment } }))).toEqual({
      ...begun,
      step: 'capture-payment',
    });
  });

  it('shows how many rounds of that step failed, why, and when the next one is', () => {
    const until = START + 2_000;
    const order = after(
      ...fulfilling,
      event('saga.step-unknown', { ...tried, reason: 'no answer', mayHaveHappened: true }),
      event('saga.waiting', { ...about, until, round: 1, reason: 'no answer' }),
    );
    expect(render(order).saga).toEqual({
      ...{ name: 'fulfil-order', step: 'book-shipment', phase: 'forward', since, attempts: 1 },
      ...{ nextTryAt: new Date(until).toISOString(), reason: 'no answer' },
    });
    expect(Order.parse(render(order)).saga).toBeTruthy();
  });

  it('shows what is to be undone next', () => {
    const failure = { code: 'PAYMENT_CLOSED', reason: 'closed' };
    const undoing = event('saga.undoing', { saga: 'fulfil-order', steps: ['book-shipment'], failure });
    expect(sagaAfter(undoing)).toMatchObject({ step: 'book-shipment', phase: 'undoing', attempts: 0 });
  });

  it('leaves out a step that this order does not need', () => {
    const cancelling = after(changedTo('CANCELLING'), started('cancel-order'));
    expect(render(cancelling).saga).toMatchObject({ name: 'cancel-order', step: 'give-back-payment' });
  });

  it('shows none once it has ended', () => {
    expect(render(orderIn('SHIPPED')).saga).toBeUndefined();
  });
});

describe('the answer at the end of a saga', () => {
  it('is the order: created by the placing, and else changed', () => {
    expect(settledAnswer(orderIn('CONFIRMED'), waiting('place-order'))).toMatchObject({
      status: 201,
      headers: { Location: '/orders/O1', ETag: '"2"' },
    });
    expect(settledAnswer(orderIn('SHIPPED'), waiting('fulfil-order')).status).toBe(200);
    expect(settledAnswer(orderIn('CANCELLED'), waiting('cancel-order')).status).toBe(200);
  });

  it.each(['CANCELLING', 'CANCELLED'] as const)('tells other requests that it is %s', (status) => {
    const answer = settledAnswer(orderIn(status), waiting('place-order'));
    expect(answer).toMatchObject({ status: 409, headers: { Location: '/orders/O1' } });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'ORDER_CANCELLED', orderId: 'O1', instance: '/orders' });
  });

  it('is the failure, with what a client can use of it', () => {
    const answer = problemOf({ code: 'OUT_OF_STOCK', reason: 'Not enough.', details: { items: [{ available: 1 }] } });
    expect(answer).toMatchObject({ status: 409, headers: { Location: '/orders/O1' } });
    const told = {
      code: 'OUT_OF_STOCK',
      detail: 'Not enough.',
      orderId: 'O1',
      items: [{ available: 1 }],
      traceId: 't1',
    };
    expect(JSON.parse(answer.body)).toMatchObject(told);
  });

  it('is that payment is required when the payment was declined', () => {
    expect(problemOf({ code: 'PAYMENT_DECLINED', reason: 'No.' }).status).toBe(402);
  });

  it('is 503 with Retry-After when a service could not be reached', () => {
    const answer = problemOf({ code: 'PAYMENT_UNAVAILABLE', reason: 'Later.', unavailable: true });
    expect(answer).toMatchObject({ status: 503, headers: { Location: '/orders/O1', 'Retry-After': '30' } });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'PAYMENT_UNAVAILABLE', orderId: 'O1' });
  });
});
