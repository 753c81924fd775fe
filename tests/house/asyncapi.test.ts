import { type AsyncAPIDocumentInterface, Parser } from '@asyncapi/parser';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Announcer, TOPICS, TOPICS_BY_TYPE } from '@oms/shared/contracts/cloud-events';
import { asyncApiOf } from '@oms/shared/events/asyncapi';
import { eventsByType, topicsByTypeOf } from '@oms/shared/events/by-type';
import { cloudEventsOf, messageOf } from '@oms/shared/events/render';
import { z } from 'zod';
import { eventually } from '../e2e/http.ts';
import { confirmed, shipped } from '../e2e/orders.ts';
import { type System, startSystem } from '../e2e/system.ts';

interface Schema {
  title?: string;
  properties?: Record<string, Schema>;
  enum?: unknown[];
  allOf?: unknown[];
  items?: Schema;
}

describe('the AsyncAPI document', () => {
  let document: AsyncAPIDocumentInterface;
  let system: System;

  beforeAll(async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(asyncApiOf('1.2.3')));
    expect(diagnostics.map(({ code }) => code)).toEqual(['asyncapi-latest-version']);
    document = parsed as AsyncAPIDocumentInterface;
    system = await startSystem();
  });
  afterAll(() => system?.stop());

  it('is AsyncAPI 3.0, with the version of the project', () => {
    expect(document.version()).toBe('3.0.0');
    expect(document.info().version()).toBe('1.2.3');
  });

  it('has every topic, and every type of event on it', () => {
    const documented = document.channels().map((channel) => [
      channel.address(),
      channel
        .messages()
        .map((message) => message.name())
        .sort(),
    ]);
    const real = Object.values(TOPICS).map(({ topic, types }) => [topic, Object.keys(types).sort()]);
    const byType = Object.keys(TOPICS_BY_TYPE).map((topic) => [topic, [topic]]);
    expect(documented).toEqual([...real, ...byType]);
  });

  it('has a name for every object and every enum, which generators name their models after', () => {
    const schemas = Object.entries(document.json().components?.schemas ?? {}) as [string, Schema][];
    expect(schemas.filter(([name, { title }]) => title !== name)).toEqual([]);
    const inside = schemas.flatMap(([name, schema]) =>
      Object.entries(membersOf(schema)).map(([member, one]) => ({ at: `${name}.${member}`, one })),
    );
    const unnamed = inside.filter(({ one }) => one.title === undefined && (one.properties || one.enum || one.allOf));
    expect(unnamed.map(({ at }) => at)).toEqual([]);
    expect(inside.length).toBeGreaterThan(50);
  });

  it('matches real events: their data and their headers', async () => {
    await shipped(system);
    await inParts();
    const seen = new Set<string>();
    for (const service of ['order', 'inventory', 'payment', 'shipping'] as const) {
      for (const event of await eventsOf(service)) {
        const { value, headers } = messageOf(event);
        expect(payloadOf(event.type).parse(JSON.parse(value))).toEqual(event.data);
        expect(headersOf(event.type).parse(headers)).toEqual(headers);
        seen.add(event.type);
      }
      for (const topic of topicsByTypeOf(service)) {
        const events = eventsByType(topic, await eventsOf(service));
        expect(events.length).toBeGreaterThan(0);
        for (const { data } of events) expect(payloadOf(topic).parse(data)).toEqual(data);
      }
    }
    expect([...seen].sort()).toEqual(
      expect.arrayContaining([
        ...['order.lines-cancelled', 'order.lines-returned', 'order.parcel-shipped', 'order.placed'],
        ...['order.refunded', 'order.status-changed', 'payment.captured', 'shipment.created'],
      ]),
    );
  });

  it('rejects an event that does not match', async () => {
    const [event] = await eventsOf('order');
    const { orderId: _, ...data } = event?.data ?? {};
    expect(() => payloadOf('order.placed').parse(data)).toThrow('orderId');
    expect(() => headersOf('order.placed').parse({ ce_specversion: '1.0' })).toThrow('ce_id');
  });

  async function eventsOf(service: Announcer) {
    const { body } = await system[service].get('/events?limit=200');
    return cloudEventsOf(service, body.events).events;
  }

  /** A part of each kind. */
  async function inParts() {
    const items = [{ productId: 'PROD001', quantity: 3, price: 10 }];
    const id = await confirmed(system, { items, charges: [{ kind: 'FEE', amount: 1 }] });
    const post = (command: string, body: object) => system.order.post(`/orders/${id}/${command}`, body);
    const one = { items: [{ lineId: '1', quantity: 1 }] };
    await post('cancel', one);
    const { body } = await post('fulfill', one);
    await system.shipping.put(`/shipments/${body.shipment.id}/status`, { status: 'IN_TRANSIT' });
    await system.shipping.put(`/shipments/${body.shipment.id}/status`, { status: 'DELIVERED' });
    await eventually(
      () => system.order.get(`/orders/${id}`),
      (got) => got.body.shipment.status === 'DELIVERED',
    );
    await post('refund', { amount: 1, reason: 'late' });
    expect((await post('return', one)).body.status).toBe('PARTIALLY_RETURNED');
  }

  /** The schemas of the members; of an array that of its items. */
  function membersOf({ properties = {} }: Schema): Record<string, Schema> {
    return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, one.items ?? one]));
  }

  const messageNamed = (type: string) => document.allMessages().get(type);
  const payloadOf = (type: string) => z.fromJSONSchema(messageNamed(type)?.payload()?.json() as never);
  const headersOf = (type: string) => z.fromJSONSchema(messageNamed(type)?.headers()?.json() as never);
});
