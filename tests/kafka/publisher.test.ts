import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openKafkaPublisher } from '@oms/shared/events/kafka';
import type { Publisher } from '@oms/shared/events/relay';
import { consoleConsumer, consoleProducer, describeKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { freePort } from '../support/free-port.ts';
import { eventOf, eventsOf, firstSightings } from './events.ts';

describeKafka('a publisher, checked with Kafka’s own consumer', () => {
  let kafka: KafkaServer;
  let publisher: Publisher;

  beforeAll(async () => {
    kafka = await startKafka();
    publisher = await openKafkaPublisher('test', [kafka.broker]);
  }, 90_000);
  afterAll(async () => {
    await publisher?.close();
    await kafka?.stop();
  });

  const printed = (topic: string) => consoleConsumer(kafka.broker, topic);

  it('creates its topic, and sends an event in the binary mode of CloudEvents', async () => {
    const topic = newTopic();
    const event = eventOf('order-1', 1, { note: 'käse' });
    await publisher.publish(topic, [event]);
    const [message, ...more] = await printed(topic);
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      key: 'order-1',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: 'order-1-1',
        ce_source: '/order',
        ce_type: 'order.status-changed',
        ce_subject: 'order-1',
        ce_time: '2026-01-31T12:00:00.000Z',
        ce_sequence: '1',
        ce_traceparent: event.traceparent,
      },
    });
    expect(JSON.parse(message?.value ?? '')).toEqual(event.data);
  });

  it('spreads orders over six partitions, and keeps the events of each in one partition, in order', async () => {
    const topic = newTopic();
    const orders = Array.from({ length: 40 }, (_, i) => `order-${i}`);
    await publisher.publish(topic, eventsOf(orders, 3));
    await publisher.publish(
      topic,
      orders.map((order) => eventOf(order, 4)),
    );
    // Java’s producer chooses the same partitions.
    await consoleProducer(
      kafka.broker,
      topic,
      orders.map((order) => `ce_sequence:5\t${order}\t{}`),
    );
    const messages = await printed(topic);
    expect(messages).toHaveLength(200);
    for (const order of orders) {
      const own = messages.filter(({ key }) => key === order);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      expect(own.map(({ headers }) => headers.ce_sequence)).toEqual(['1', '2', '3', '4', '5']);
    }
    expect([...new Set(messages.map(({ partition }) => partition))].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('sends more events than a broker takes at once', async () => {
    const topic = newTopic();
    const events = Array.from({ length: 30 }, (_, i) => eventOf('order-1', i + 1, { note: 'x'.repeat(100_000) }));
    await publisher.publish(topic, events);
    expect((await printed(topic)).map(({ headers }) => headers.ce_sequence)).toEqual(
      events.map(({ sequence }) => sequence),
    );
  });

  it('does nothing without events', async () => {
    await publisher.publish(newTopic(), []);
  });

  it('fails in time if there is no broker, and sends as soon as there is one', async () => {
    const topic = newTopic();
    const own = await openKafkaPublisher('test', [`127.0.0.1:${await freePort()}`, kafka.broker]);
    await kafka.kill();
    await expect(own.publish(topic, [eventOf('order-1', 1)])).rejects.toThrow(/did not take 1 events .* failed/);
    await expect(publisher.publish(topic, [eventOf('order-1', 1)])).rejects.toThrow('did not take 1 events');
    await kafka.start();
    await untilTaken(own, topic, 1);
    await untilTaken(publisher, topic, 2);
    await own.close();
    expect(order1(await printed(topic))).toEqual([1, 2]);
  }, 120_000);

  it('fails after a timeout if the broker does not answer, and sends as soon as it does', async () => {
    const topic = newTopic();
    await publisher.publish(topic, [eventOf('order-1', 1)]);
    kafka.sleep();
    await expect(publisher.publish(topic, [eventOf('order-1', 2)])).rejects.toThrow('did not take 1 events');
    kafka.wake();
    await untilTaken(publisher, topic, 2);
    expect(order1(await printed(topic))).toEqual([1, 2]);
  }, 90_000);

  it('loses no event and keeps their order while the broker is killed again and again', async () => {
    const topic = newTopic();
    let sent = 0;
    let killed = 0;
    let rejected = 0;
    const killing = (async () => {
      for (; killed < 3; killed++) {
        const before = sent;
        while (sent < before + 20) await new Promise((resolve) => setTimeout(resolve, 5));
        await kafka.kill();
        await kafka.start();
      }
    })();
    while (killed < 3 || sent % 10 !== 0) rejected += await untilTaken(publisher, topic, ++sent);
    await killing;
    expect(rejected).toBeGreaterThan(0);
    expect(order1(await printed(topic))).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
  }, 180_000);
});

const newTopic = () => `topic-${randomUUID()}`;

/** Publishes like the relay, and returns how many attempts failed. */
async function untilTaken(publisher: Publisher, topic: string, n: number): Promise<number> {
  for (let rejected = 0; ; rejected++) {
    try {
      await publisher.publish(topic, [eventOf('order-1', n)]);
      return rejected;
    } catch (error) {
      if (rejected === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const order1 = (messages: readonly { key: string; headers: Record<string, string> }[]) =>
  firstSightings(messages.map(({ key, headers }) => ({ subject: key, sequence: headers.ce_sequence ?? '' }))).get(
    'order-1',
  );
