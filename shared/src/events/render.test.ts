import { describe, expect, it } from '@jest/globals';
import { inFeed, inKafka, OLD } from '../../../tests/support/old-events.ts';
import { type Announcer, type CloudEvent, TOPICS } from '../contracts/cloud-events.ts';
import { FeedPage } from '../contracts/events.ts';
import type { StoredEvent } from '../store/store.ts';
import { cloudEventsOf, currentForm, eventOf, messageOf, renderFeedEvent } from './render.ts';

const stored = (type: string, data: object): StoredEvent => ({
  ...{ id: 'x:1', stream: 'x', version: 1, position: '1', type, at: 0, traceId: 'a'.repeat(32), data },
});
const line = { productId: 'P1', quantity: 2 };

describe('an event that was stored', () => {
  it.each([
    ['USD', 2, 29.99, 59.98],
    ['JPY', 0, 2999, 5998],
    ['KWD', 3, 2.999, 5.998],
  ])(
    'has amounts in %s outside as the API has them, with the currency beside them',
    (currency, decimals, price, total) => {
      const all: string[] = [];
      const outside = (type: string, data: object) => {
        const event = renderFeedEvent(stored(type, data));
        all.push(JSON.stringify(event));
        return event;
      };
      const order = { items: [{ ...line, priceCents: 2999 }], totalCents: 5998, currency, decimals };
      expect(outside('order.placed', order)).toMatchObject({
        dataVersion: 2,
        data: { items: [{ ...line, price }], total, currency },
      });
      expect(outside('payment.captured', { orderId: 'x', amountCents: 5998, currency, decimals })).toMatchObject({
        dataVersion: 2,
        data: { orderId: 'x', amount: total, currency },
      });
      expect(outside('product.changed', { productId: 'x', priceCents: 2999, currency, decimals })).toMatchObject({
        dataVersion: 2,
        data: { productId: 'x', price, currency },
      });
      expect(all.join()).not.toMatch(/cents|decimals/i);
    },
  );

  it('has the charges and the parts of an order in that form, too', () => {
    const charges = [
      { kind: 'FEE', cents: 100 },
      { kind: 'DISCOUNT', cents: -50, lineId: '1' },
    ];
    const placed = stored('order.placed', { items: [line], charges, totalCents: 50, decimals: 2, currency: 'EUR' });
    expect(renderFeedEvent(placed).data).toMatchObject({
      charges: [
        { kind: 'FEE', amount: 1 },
        { kind: 'DISCOUNT', amount: 0.5, lineId: '1' },
      ],
    });
    for (const type of ['parcel-shipped', 'lines-cancelled', 'lines-returned', 'refunded']) {
      const part = stored(`order.${type}`, { number: 1, items: [line], amountCents: 50, decimals: 0, currency: 'JPY' });
      expect(renderFeedEvent(part).data).toEqual({ number: 1, items: [line], amount: 50, currency: 'JPY' });
    }
    const started = stored('saga.started', { saga: 'refund-order', part: { kind: 'refund', number: 1, cents: 50 } });
    expect(renderFeedEvent(started).data).toEqual({ saga: 'refund-order', part: { kind: 'refund', number: 1 } });
  });

  it('has data version 2 even without an amount', () =>
    expect(renderFeedEvent(stored('stock.reserved', { orderId: 'O1' }))).toMatchObject({
      dataVersion: 2,
      data: { orderId: 'O1' },
    }));

  it('from before currencies had decimals is counted in hundredths of any currency', () => {
    const [inEuro, inYen] = OLD.order.map((event) => renderFeedEvent(event));
    expect(inEuro?.data).toMatchObject({ items: [{ price: 29.99 }], total: 59.98, currency: 'EUR' });
    expect(inYen?.data).toMatchObject({ items: [{ price: 1000 }], total: 1000, currency: 'JPY' });
  });

  it('of a product from before products had a currency is in dollars', () =>
    expect(renderFeedEvent(OLD.product[0])).toMatchObject({ dataVersion: 2, data: { price: 29.99, currency: 'USD' } }));

  it('of a payment from before payments named a currency keeps data version 1', () =>
    expect(renderFeedEvent(OLD.payment[0])).toMatchObject({ dataVersion: 1, data: { amount: 59.98 } }));
});

describe('an event of an older service', () => {
  const all = (Object.keys(OLD) as (keyof typeof OLD)[]).flatMap((service) =>
    OLD[service].map((event) => [service, event.type, event] as const),
  );

  it.each(all)('of %s, %s, is read from its feed in the form of today', (service, _type, event) => {
    const page = FeedPage.parse({ events: inFeed([event]), next: '1', feed: 'f' });
    expect(page.events[0]?.dataVersion).toBe(1);
    const { events, misfits } = cloudEventsOf(service, page.events);
    expect(misfits).toEqual([]);
    const { data } = currentForm(event.type, renderFeedEvent(event).data);
    expect(events).toMatchObject([{ data: fitting(service, event.type, data) }]);
    expect(events[0]?.dataversion).toBe(service === 'payment' ? '1' : '2');
  });

  it.each(all.filter(([service]) => service !== 'product'))(
    'of %s, %s, is read from Kafka in the form of today',
    (service, type, event) => {
      const read = eventOf(inKafka(service, event));
      expect(read.data).toEqual(renderFeedEvent(event).data);
      expect(read.dataversion).toBe(service === 'payment' ? '1' : '2');
      expect(eventOf(messageOf(read))).toEqual(read);
      expect(fitting(service, type, read.data)).toMatchObject(
        read.data.amount ? { amount: read.data.amount } : { total: read.data.total },
      );
    },
  );

  /** What the contract names of it. */
  const fitting = (service: Announcer, type: string, data: object) =>
    (TOPICS[service].types as Record<string, { parse(data: unknown): Record<string, unknown> }>)[type]?.parse(data);
});

const event: CloudEvent = {
  specversion: '1.0',
  id: 'event-1',
  source: '/order',
  type: 'order.placed',
  subject: 'order-1',
  time: '2026-01-31T12:00:00.000Z',
  datacontenttype: 'application/json',
  sequence: '1',
  dataversion: '2',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  data: { orderId: 'order-1', note: 'käse' },
};

describe('an event as a message of Kafka', () => {
  it('has its subject as key, its data as value and all else in headers', () => {
    expect(messageOf(event)).toEqual({
      key: 'order-1',
      value: '{"orderId":"order-1","note":"käse"}',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: 'event-1',
        ce_source: '/order',
        ce_type: 'order.placed',
        ce_subject: 'order-1',
        ce_time: '2026-01-31T12:00:00.000Z',
        ce_sequence: '1',
        ce_dataversion: '2',
        ce_traceparent: event.traceparent,
      },
    });
  });

  it('has no header for what it lacks', () => {
    expect(Object.keys(messageOf({ ...event, traceparent: undefined }).headers)).not.toContain('ce_traceparent');
  });

  it('is read back as it was, with a trace and without', () => {
    expect(eventOf(messageOf(event))).toEqual(event);
    const { traceparent: _, ...untraced } = event;
    expect(eventOf(messageOf(untraced))).toEqual(untraced);
  });
});

describe('a message that is no event', () => {
  const message = messageOf(event);

  it.each([
    ['whose value is no JSON', { ...message, value: '{' }],
    ['whose value is no object', { ...message, value: '7' }],
    ['without a value', { ...message, value: '' }],
    ['without headers', { ...message, headers: {} }],
    ['of another version of CloudEvents', { ...message, headers: { ...message.headers, ce_specversion: '2.0' } }],
    ['with another kind of data', { ...message, headers: { ...message.headers, 'content-type': 'text/xml' } }],
    ['without an id', { ...message, headers: { ...message.headers, ce_id: undefined as never } }],
  ])('%s cannot be read', (_, unreadable) => {
    expect(() => eventOf(unreadable)).toThrow();
  });
});
