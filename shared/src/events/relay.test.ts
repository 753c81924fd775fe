import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type RecordedSpan, Recorder } from '../../../tests/support/recorder.ts';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, pass, passUntil, stopTime } from '../../test/stopped-time.ts';
import { added, happen, Topic, upTo } from '../../test/topic.ts';
import { MemoryStore } from '../store/memory.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { traceOf, withTrace } from '../telemetry/trace.ts';
import { realWorld } from '../world.ts';
import { Relay, showOutboxLag } from './relay.ts';

let store: MemoryStore<unknown>;
let topic: Topic;
let relays: Relay[];
beforeEach(() => {
  store = new MemoryStore(realWorld);
  topic = new Topic();
  relays = [];
});
afterEach(async () => {
  for (const relay of relays) await relay.stop();
  letTimeRun();
});

function createRelay(tracer?: Recorder) {
  const log = createLogger('inventory', 'silent');
  const logged = { warn: jest.spyOn(log, 'warn'), info: jest.spyOn(log, 'info'), error: jest.spyOn(log, 'error') };
  const metrics = createMetrics('inventory');
  const relay = new Relay('inventory', topic, { store, world: realWorld, log, metrics, tracer });
  relays.push(relay);
  const metric = async (name: string) => (await metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
  return { relay, logged, metric };
}

function startRelay(tracer?: Recorder) {
  const created = createRelay(tracer);
  created.relay.start();
  return created;
}

const place = () => store.bookmarks.look('relay');

describe('a relay', () => {
  it('publishes on the topic of its service the events from before it started, and every later one', async () => {
    await happen(store, added('A'), added('B'));
    const { metric } = startRelay();
    await until(() => topic.received.length === 2);
    await happen(store, added('A'));
    await until(() => topic.received.length === 3);
    expect(topic.received.map(({ subject, sequence }) => subject + sequence)).toEqual(['A1', 'B1', 'A2']);
    expect(new Set(topic.attempts.map((one) => one.topic))).toEqual(new Set(['inventory.events']));
    await until(async () => (await place()) === '3');
    expect(await metric('events_published_total')).toMatchObject([{ labels: { type: 'stock.added' }, value: 3 }]);
  });

  it('publishes only what the contract names, as CloudEvents', async () => {
    await happen(store, { ...added('A'), type: 'secret' }, added('A', 5, Date.parse('2026-01-31T12:00:00Z')));
    startRelay();
    await until(() => topic.received.length === 1);
    expect(topic.received).toEqual([
      {
        specversion: '1.0',
        id: 'product/A:2',
        source: '/inventory',
        type: 'stock.added',
        subject: 'A',
        time: '2026-01-31T12:00:00.000Z',
        datacontenttype: 'application/json',
        sequence: '2',
        dataversion: '2',
        traceparent: `00-${'a'.repeat(32)}-${'a'.repeat(16)}-00`,
        data: { productId: 'A', quantity: 5 },
      },
    ]);
  });

  it('publishes each event in the trace of its writer, with its own span as the cause for readers', async () => {
    const recorder = new Recorder();
    const cause = recorder.begin(traceOf(undefined, undefined, Math.random), 'POST', 'server');
    await withTrace(cause, () => happen(store, { ...added('A'), traceId: cause.traceId }));
    await happen(store, added('B'));
    topic.troubles = ['away'];
    startRelay(recorder);
    await until(() => topic.received.length === 2);
    await until(() => recorder.spans.at(-1)?.ends === 1);
    expect(recorder.tree()).toBe('POST ended 0 times\n  publish stock.added !\n  publish stock.added');
    const { kind, attributes, trace } = recorder.spans.at(-1) as RecordedSpan;
    expect([kind, attributes]).toEqual([
      'producer',
      {
        'messaging.system.name': 'kafka',
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'inventory.events',
        'messaging.message.id': 'product/A:1',
        'cloudevents.event_id': 'product/A:1',
        'cloudevents.event_type': 'stock.added',
        'cloudevents.event_subject': 'A',
      },
    ]);
    expect(topic.received.map(({ traceparent }) => traceparent)).toEqual([
      `00-${trace.traceId}-${trace.spanId}-01`,
      expect.stringMatching(/-00$/),
    ]);
  });

  it('goes on from the bookmark of the relay before it', async () => {
    await happen(store, added('A'));
    const { relay } = startRelay();
    await until(async () => (await place()) === '1');
    await relay.stop();
    await happen(store, added('A'));
    startRelay();
    await until(() => topic.received.length === 2);
    expect(topic.received.map(({ sequence }) => sequence)).toEqual(['1', '2']);
  });

  it('publishes many events in batches, one after the other', async () => {
    await happen(store, ...upTo(1_234).map((i) => added(`P${i % 7}`)));
    startRelay();
    await until(async () => (await place()) === '1234');
    expect(topic.received.map(({ id }) => id)).toEqual((await store.events({ limit: 2_000 })).map(({ id }) => id));
    expect(topic.attempts.map(({ events }) => events)).toEqual([500, 500, 234]);
  });

  it('does not poll the store while nothing happens', async () => {
    stopTime();
    await happen(store, added('A'));
    startRelay();
    await until(async () => (await place()) === '1');
    const looks = jest.spyOn(store, 'events').mock.calls;
    await pass(10 * 60_000);
    expect(looks).toEqual([]);
    await happen(store, added('A'));
    await until(() => topic.received.length === 2);
  });

  it('makes no writer wait, however long the broker takes', async () => {
    let release = () => {};
    topic.ready = new Promise((resolve) => (release = resolve));
    startRelay();
    for (const _ of upTo(50)) await happen(store, added('A'));
    expect(topic.received).toEqual([]);
    release();
    await until(() => topic.sequences().A?.length === 50);
  });
});

describe('a relay with topics by type', () => {
  const changed = (orderId: string) => ({
    ...{ stream: orderId, type: 'order.status-changed', at: Date.now(), traceId: 'a'.repeat(32) },
    data: { orderId, oldStatus: 'PENDING', newStatus: 'CONFIRMED' },
  });
  const byType = () => topic.received.filter(({ type }) => type === 'order-status-changed');
  const startWithTopics = () => {
    const parts = { store, world: realWorld, log: createLogger('order', 'silent'), metrics: createMetrics('order') };
    const relay = new Relay('order', topic, parts, ['order-placed', 'order-status-changed']);
    relays.push(relay);
    relay.start();
  };

  it('makes them before the first event, and publishes beside the topic of the service', async () => {
    startWithTopics();
    await until(() => topic.attempts.length === 2);
    await happen(store, changed('O1'));
    await until(() => byType().length === 1);
    expect(topic.attempts).toEqual([
      { topic: 'order-placed', events: 0 },
      { topic: 'order-status-changed', events: 0 },
      { topic: 'orders.events', events: 1 },
      { topic: 'order-status-changed', events: 1 },
    ]);
  });
  it('loses nothing when only one of the topics has taken it, and keeps the order of each subject', async () => {
    startWithTopics();
    await until(() => topic.attempts.length === 2);
    topic.troubles = [undefined, 'half taken', undefined, 'answer lost'];
    await happen(store, changed('O1'), changed('O2'), changed('O1'));
    await until(async () => (await place()) === '3');
    expect(topic.troubles).toEqual([]);
    expect([...new Set(byType().map(({ id }) => id))]).toEqual(['O1:1', 'O2:1', 'O1:2']);
    expect(byType().length).toBeGreaterThan(3);
  });
});

describe('while the broker is in trouble', () => {
  it('a relay tries again with a growing backoff, and logs the beginning and the end of the trouble', async () => {
    stopTime();
    topic.troubles = ['away', 'away', 'away', 'away'];
    await happen(store, added('A'));
    const pauses = jest.spyOn(globalThis, 'setTimeout').mock.calls;
    const { logged } = startRelay();
    await passUntil(() => topic.received.length === 1);
    expect(pauses.map(([, ms]) => ms)).toEqual([100, 200, 400, 800]);
    await until(() => logged.info.mock.calls.length === 1);
    expect(logged.warn.mock.calls).toMatchObject([
      ['reading events is interrupted', { reader: 'relay', error: { message: 'the broker: away' } }],
    ]);
    expect(logged.info.mock.calls).toEqual([['reading events goes on', { reader: 'relay' }]]);
  });

  it('no event is lost, and none overtakes another of its subject, though some may come twice', async () => {
    topic.troubles = ['answer lost', 'half taken', 'away', 'half taken'];
    await happen(store, ...upTo(30).map((i) => added(`P${i % 3}`)));
    const { relay } = startRelay();
    await until(async () => (await place()) === '30');
    await relay.stop();
    expect(topic.sequences()).toEqual({ P0: upTo(10), P1: upTo(10), P2: upTo(10) });
    expect(topic.received.length).toBeGreaterThan(30);
  });

  it('the bookmark does not move before everything before it is acknowledged', async () => {
    let release = () => {};
    topic.ready = new Promise((resolve) => (release = resolve));
    await happen(store, added('A'));
    startRelay();
    await until(() => topic.attempts.length === 1);
    expect(await place()).toBe('');
    release();
    await until(async () => (await place()) === '1');
  });
});

describe('an event that does not fit its contract', () => {
  it('is passed over, logged and counted once, and delays no other', async () => {
    topic.troubles = ['away'];
    await happen(store, added('A'), added('A', 'many'), added('A'));
    const { logged, metric } = startRelay();
    await until(async () => (await place()) === '3');
    expect(topic.sequences()).toEqual({ A: [1, 3] });
    expect(logged.error.mock.calls).toMatchObject([
      ['an event does not fit its contract and is passed over', { event: 'product/A:2', type: 'stock.added' }],
    ]);
    expect(await metric('events_passed_over_total')).toMatchObject([{ labels: { type: 'stock.added' }, value: 1 }]);
  });
});

describe('of several relays', () => {
  it('one takes over when the lease of another that died expires', async () => {
    stopTime();
    const now = Date.now();
    await store.bookmarks.take('relay', 'dead', now, now + 5_000);
    await happen(store, added('A'));
    startRelay();
    await pass(4_999);
    expect(topic.attempts).toEqual([]);
    await passUntil(() => topic.received.length === 1);
  });

  it('one that lost its bookmark while publishing does not move it', async () => {
    let release = () => {};
    topic.ready = new Promise((resolve) => (release = resolve));
    await happen(store, added('A'));
    const { relay } = startRelay();
    await until(() => topic.attempts.length === 1);
    const later = Date.now() + 60_000;
    expect(await store.bookmarks.take('relay', 'other', later, later + 60_000)).toBe('');
    release();
    await until(() => topic.received.length === 1);
    await happen(store, added('A'));
    await relay.stop();
    expect(await place()).toBe('');
    expect(topic.received).toHaveLength(1);
  });
});

describe('a relay that stops', () => {
  it('publishes what is left before its shutdown', async () => {
    const { relay } = startRelay();
    await happen(store, added('A'));
    await until(() => topic.received.length === 1);
    await happen(store, ...upTo(1_100).map(() => added('A')));
    await relay.stop();
    expect(topic.sequences().A).toEqual(upTo(1_101));
    expect(topic.closed).toBe(true);
  });

  it('does not hold the shutdown up for a broker that does not answer', async () => {
    topic.ready = new Promise(() => {});
    await happen(store, added('A'));
    const { relay } = startRelay();
    await until(() => topic.attempts.length === 1);
    await relay.stop();
    expect(topic.closed).toBe(true);
  });
});

describe('outbox_lag_seconds', () => {
  const lagSeen = (published: boolean, now = () => Date.now()) => {
    const metrics = createMetrics('inventory');
    showOutboxLag({ metrics, store, world: { ...realWorld, now } }, published);
    return async () => (await metrics.registry.getSingleMetric('outbox_lag_seconds')?.get())?.values[0]?.value;
  };

  it('is the age of the oldest event that is not published, while no relay runs, too', async () => {
    const at = Date.parse('2026-01-31T12:00:00Z');
    const lag = lagSeen(true, () => at + 90_000);
    expect(await lag()).toBe(0);
    await happen(store, added('A', 1, at), added('A', 1, at + 30_000));
    expect(await lag()).toBe(90);
    await store.bookmarks.take('relay', 'ann', 0, 1);
    await store.bookmarks.move('relay', 'ann', '1', 1);
    expect(await lag()).toBe(60);
    await store.bookmarks.move('relay', 'ann', '2', 1);
    expect(await lag()).toBe(0);
  });

  it('falls to 0 when the broker answers again', async () => {
    stopTime();
    topic.troubles = ['away', 'away', 'away'];
    await happen(store, added('A', 1, Date.now() - 5_000));
    startRelay();
    const lag = lagSeen(true);
    expect(await lag()).toBe(5);
    await passUntil(async () => (await lag()) === 0);
    expect(topic.received).toHaveLength(1);
  });

  it('is 0 where there are no brokers', async () => {
    await happen(store, added('A', 1, Date.now() - 5_000));
    expect(await lagSeen(false)()).toBe(0);
  });

  it('is left out while the store cannot be reached', async () => {
    const at = Date.now();
    await happen(store, added('A', 1, at));
    const lag = lagSeen(true, () => at + 7_000);
    expect(await lag()).toBe(7);
    store.events = async () => {
      throw new Error('unreachable');
    };
    expect(await lag()).toBeUndefined();
  });
});
