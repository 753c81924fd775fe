import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import type { EventSource } from '@oms/shared/events/hand-over';
import { openKafkaPublisher, openKafkaSource } from '@oms/shared/events/kafka';
import type { Publisher } from '@oms/shared/events/relay';
import { realWorld } from '@oms/shared/world';
import { eventually } from '../e2e/http.ts';
import { consoleProducer, describeKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { eventOf, eventsOf, firstSightings, quiet } from './events.ts';

const TOPIC = 'orders.events';
const PATIENCE_MS = 40_000;

describeKafka('a source of events', () => {
  let kafka: KafkaServer;
  let publisher: Publisher;
  const open: EventSource[] = [];

  beforeAll(async () => {
    kafka = await startKafka();
    publisher = await openKafkaPublisher('test', [kafka.broker]);
  }, 90_000);
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.stop()));
  }, 30_000);
  afterAll(async () => {
    await publisher?.close();
    await kafka?.stop();
  });

  const has = (list: readonly unknown[], least = 1) =>
    eventually(
      () => list.length,
      (count) => count >= least,
      PATIENCE_MS,
    );

  /** A member of a group that reports only the events of this test. */
  async function member(group: string, handle: (events: readonly CloudEvent[]) => Promise<void>) {
    const { log, metrics } = quiet();
    const source = await openKafkaSource({
      brokers: [kafka.broker],
      group,
      services: ['order'],
      log,
      metrics,
      world: realWorld,
    });
    open.push(source);
    await source.start((events) => handle(events.filter(({ subject }) => subject.startsWith(group))));
    return { source, metrics, log };
  }

  async function remembering(group: string) {
    const seen: CloudEvent[] = [];
    const joined = await member(group, async (events) => void seen.push(...events));
    return { seen, ...joined };
  }

  it('delivers all events to a new group from the beginning, unchanged, each order’s events in order', async () => {
    const group = newGroup();
    const published = eventsOf([`${group}-a`, `${group}-b`, `${group}-c`], 50);
    await publisher.publish(TOPIC, published);
    const { seen } = await remembering(group);
    await has(seen, 150);
    expect(new Map(seen.map((event) => [event.id, event]))).toEqual(new Map(published.map((e) => [e.id, e])));
    for (const sequences of firstSightings(seen).values()) expect(sequences).toEqual(upTo(50));
  });

  it('continues where its group stopped', async () => {
    const group = newGroup();
    const { seen: before, source } = await remembering(group);
    await publisher.publish(TOPIC, [eventOf(group, 1)]);
    await has(before);
    await source.stop();
    await publisher.publish(TOPIC, [eventOf(group, 2)]);
    const { seen: after } = await remembering(group);
    await has(after);
    expect(after.map(({ id }) => id)).toEqual([`${group}-2`]);
  });

  it('shares the work with others of its group, and takes over as soon as one of them stops', async () => {
    const group = newGroup();
    const first = await remembering(group);
    const second = await remembering(group);
    let n = 0;
    const orders = Array.from({ length: 40 }, (_, i) => `${group}-${i}`);
    const publishNext = async () =>
      publisher.publish(
        TOPIC,
        eventsOf(orders, 1).map((e) => eventOf(e.subject, n)),
      );
    await eventually(
      async () => {
        n++;
        await publishNext();
        return [first.seen.length, second.seen.length];
      },
      ([a, b]) => Number(a) > 0 && Number(b) > 0,
      PATIENCE_MS,
    );
    first.seen.length = 0;
    second.seen.length = 0;
    n++;
    await publishNext();
    const last = () => [...first.seen, ...second.seen].filter(({ sequence }) => sequence === String(n));
    const allCame = () =>
      eventually(
        () => last().length,
        (count) => count >= orders.length,
        PATIENCE_MS,
      );
    await allCame();
    expect(
      last()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual([...orders].sort());

    await first.source.stop();
    second.seen.length = 0;
    n++;
    await publishNext();
    await allCame();
    expect(new Set(second.seen.map(({ subject }) => subject))).toEqual(new Set(orders));
  }, 60_000);

  it('retries an event that could not be handled with backoff, and delivers no later event before it', async () => {
    const group = newGroup();
    const attempts: { rested: boolean; ids: string[] }[] = [];
    let rested = true;
    await member(group, async (events) => {
      if (events.length === 0) return;
      const pauseMs = 100 * 2 ** attempts.length;
      attempts.push({ rested, ids: events.map(({ id }) => id) });
      if (attempts.length === 5) return;
      rested = false;
      // Of two timers, the one that is due first fires first, however late both are.
      setTimeout(() => (rested = true), pauseMs - 10);
      throw new Error('not now');
    });
    await publisher.publish(TOPIC, [eventOf(group, 1)]);
    await has(attempts);
    await publisher.publish(TOPIC, [eventOf(group, 2)]);
    await has(attempts, 6);
    expect(attempts.map(({ ids }) => ids)).toEqual([...Array(5).fill([`${group}-1`]), [`${group}-2`]]);
    expect(attempts.map(({ rested }) => rested)).toEqual(Array(6).fill(true));
  });

  it('delivers an event that one consumer never finished to another of its group', async () => {
    const group = newGroup();
    let tried = 0;
    const { source } = await member(group, async (events) => {
      if (events.length === 0) return;
      tried++;
      throw new Error('never');
    });
    await publisher.publish(TOPIC, [eventOf(group, 1)]);
    await eventually(
      () => tried,
      (count) => count > 1,
      PATIENCE_MS,
    );
    await source.stop();
    const { seen } = await remembering(group);
    await has(seen);
    expect(seen.map(({ id }) => id)).toEqual([`${group}-1`]);
  });

  it('stops at once during a backoff, and waits for an event that is being handled', async () => {
    const group = newGroup();
    let handling = false;
    let finish = () => {};
    const { source } = await member(group, async (events) => {
      if (events.length === 0) return;
      handling = true;
      await new Promise<void>((resolve) => (finish = resolve));
      handling = false;
    });
    await publisher.publish(TOPIC, [eventOf(group, 1)]);
    await eventually(() => handling, Boolean, PATIENCE_MS);
    const stopped = source.stop().then(() => handling);
    await new Promise((resolve) => setImmediate(resolve));
    expect(handling).toBe(true);
    finish();
    expect(await stopped).toBe(false);
    // It was handled, so its offset was committed.
    await publisher.publish(TOPIC, [eventOf(group, 2)]);
    const { seen } = await remembering(group);
    await has(seen);
    expect(seen.map(({ id }) => id)).toEqual([`${group}-2`]);
  });

  it('skips messages that are not events, logs each once, and counts them', async () => {
    const group = newGroup();
    // Java’s producer chooses the same partition for a key: all messages are in one, between the two events.
    const headers = 'ce_specversion:1.0,ce_id:x,content-type:application/json';
    await publisher.publish('payments.events', [eventOf(group, 1)]);
    await consoleProducer(kafka.broker, 'payments.events', [
      `${headers}\t${group}\t{`,
      `${headers}\t${group}\t{}`,
      `${headers}\t${group}\tNULL`,
    ]);
    const { log, metrics } = quiet();
    const told: unknown[] = [];
    log.error = ((...args: unknown[]) => told.push(args)) as never;
    const source = await openKafkaSource({
      brokers: [kafka.broker],
      group,
      services: ['payment'],
      log,
      metrics,
      world: realWorld,
    });
    open.push(source);
    const seen: CloudEvent[] = [];
    await source.start(async (events) => void seen.push(...events));
    await publisher.publish('payments.events', [eventOf(group, 2)]);
    await has(seen, 2);
    expect(seen.map(({ id }) => id)).toEqual([`${group}-1`, `${group}-2`]);
    expect(await metrics.registry.getSingleMetricAsString('events_passed_over_total')).toMatch(/ 3$/m);
    expect(told).toHaveLength(3);
    expect(told[0]).toEqual([
      'a message is no event and is passed over',
      expect.objectContaining({ topic: 'payments.events', offset: '1', reason: expect.any(String) }),
    ]);
  });

  it('survives a killed broker, and misses no event', async () => {
    const group = newGroup();
    const { seen } = await remembering(group);
    let sent = 0;
    for (let kills = 0; kills < 2; kills++) {
      for (const until = sent + 20; sent < until; ) await published(eventOf(group, ++sent));
      await has(seen);
      await kafka.kill();
      await kafka.start();
    }
    for (const until = sent + 20; sent < until; ) await published(eventOf(group, ++sent));
    await eventually(
      () => firstSightings(seen).get(group)?.length,
      (count) => count === sent,
      PATIENCE_MS,
    );
    expect(firstSightings(seen).get(group)).toEqual(upTo(sent));
  }, 120_000);

  it('notices that the broker does not answer, and continues as soon as it does', async () => {
    const group = newGroup();
    const { log, metrics } = quiet();
    const told: unknown[] = [];
    log.warn = ((message: string) => told.push(message)) as never;
    const where = { brokers: [kafka.broker], group, services: ['order'] as const };
    const source = await openKafkaSource({ ...where, log, metrics, world: realWorld });
    open.push(source);
    const seen: CloudEvent[] = [];
    await source.start(async (events) => void seen.push(...events.filter(({ subject }) => subject === group)));
    await publisher.publish(TOPIC, [eventOf(group, 1)]);
    await has(seen);
    kafka.sleep();
    await has(told);
    kafka.wake();
    await published(eventOf(group, 2));
    await eventually(
      () => seen.at(-1)?.sequence,
      (sequence) => sequence === '2',
      PATIENCE_MS,
    );
  }, 150_000);

  it('starts without a broker, and stops quickly without one', async () => {
    const group = newGroup();
    await kafka.kill();
    const { seen } = await remembering(group);
    const { source: lonely } = await remembering(`${group}-lonely`);
    await lonely.stop();
    await kafka.start();
    await published(eventOf(group, 1));
    await has(seen);
  }, 120_000);

  /** Publishes like the relay. */
  async function published(event: CloudEvent): Promise<void> {
    await eventually(
      () =>
        publisher.publish(TOPIC, [event]).then(
          () => true,
          () => false,
        ),
      Boolean,
      PATIENCE_MS,
    );
  }
});

const newGroup = () => `group-${randomUUID().slice(0, 8)}`;
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
