import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Announcer, type CloudEvent, TOPICS } from '@oms/shared/contracts/cloud-events';
import { cloudEventsOf } from '@oms/shared/events/render';
import { type Api, eventually, type Got } from '../e2e/http.ts';
import { cart, settled } from '../e2e/orders.ts';
import { type Name, type System, startSystem } from '../e2e/system.ts';
import { consoleConsumer, describeKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { firstSightings } from './events.ts';

const ORDERS = 300;
const ORDERS_PER_SECOND = 20;
/** The number of answers before a process is stopped, and again before it is back. */
const MEANWHILE = 60;
const PATIENCE_MS = 60_000;
const ANNOUNCERS = ['order', 'inventory', 'payment', 'shipping'] as const;

(process.env.DATABASE_URL_TEST ? describeKafka : describe.skip)('the whole system with Kafka and PostgreSQL', () => {
  let kafka: KafkaServer;
  let env: Record<string, string>;
  let system: System;

  beforeEach(async () => {
    kafka = await startKafka();
    env = {
      KAFKA_BROKERS: kafka.broker,
      DATABASE_URL: `${process.env.DATABASE_URL_TEST}/kafka_${randomUUID().slice(0, 8)}`,
      SAGA_LEASE_MS: '1500',
    };
  }, 90_000);
  afterEach(async () => {
    await system?.stop();
    await kafka?.stop();
  }, 60_000);

  it('takes orders while the broker is down, and publishes every event in the end, each order’s in order', async () => {
    system = await startSystem(env, ['order', 'inventory', 'payment', 'shipping', 'notification']);
    await system.inventory.put('/inventory/PROD001', { quantity: 100_000 });
    const load = underLoad(system);
    await load.goesOn();
    await kafka.kill();
    await load.goesOn();
    await load.goesOn();
    await eventually(
      () => lag(system),
      (seconds) => seconds > 1,
      PATIENCE_MS,
    );
    await kafka.start();
    expect(await load.whole).toEqual({ 201: ORDERS });

    await eventually(
      () => lag(system),
      (seconds) => seconds === 0,
      PATIENCE_MS,
    );
    for (const service of ANNOUNCERS) await everythingIsTold(service);
    const shipped = ORDERS / 10;
    const wanted = { received: ORDERS, confirmed: ORDERS, shipped, paid: shipped };
    await eventually(
      () => sentTo(system),
      (sent) => isDeepStrictEqual(sent, wanted),
      PATIENCE_MS,
    );
  }, 240_000);

  it('publishes every event even if the process that publishes is killed', async () => {
    const others: Name[] = ['inventory', 'payment', 'shipping'];
    system = await startSystem(env, others);
    await system.inventory.put('/inventory/PROD001', { quantity: 100_000 });
    let order = await orderProcess();
    try {
      const load = underLoad(system);
      for (let kills = 0; kills < 3; kills++) {
        await load.goesOn();
        order.kill('SIGKILL');
        await once(order, 'exit');
        expect(order.signalCode).toBe('SIGKILL');
        order = await orderProcess();
      }
      const { 201: confirmed = 0, 202: accepted = 0, ...others } = await load.whole;
      expect(others).toEqual({});
      expect(confirmed + accepted).toBe(ORDERS);
      await settled(system);
      await eventually(
        () => lag(system),
        (seconds) => seconds === 0,
        PATIENCE_MS,
      );
      await everythingIsTold('order');
    } finally {
      order.kill('SIGKILL');
    }
  }, 240_000);

  /** The order service as its own process, on the port where the others expect it. */
  async function orderProcess(): Promise<ChildProcess> {
    const names = ['order', ...ANNOUNCERS] as const;
    const urls = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_SERVICE_URL`, system[name].url]));
    const PRODUCT_SERVICE_URL = 'none';
    const own = { HOST: '127.0.0.1', PORT: new URL(system.order.url).port, LOG_LEVEL: 'error', SAGA_POLL_MS: '50' };
    const child = spawn(process.execPath, ['services/order/dist/main.js'], {
      env: { PATH: process.env.PATH, ...urls, PRODUCT_SERVICE_URL, ...env, ...own },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await eventually(
      () => system.order.get('/readyz').catch(() => undefined),
      (got) => got?.status === 200,
      PATIENCE_MS,
    );
    return child;
  }

  /** Checks that every event of the feed with a contract is on its topic, and that those of each key are in order. */
  async function everythingIsTold(service: Announcer): Promise<void> {
    const told = cloudEventsOf(service, await feedOf(system, service));
    expect(told.misfits).toEqual([]);
    expect(told.events.length).toBeGreaterThan(0);
    const messages = await consoleConsumer(kafka.broker, TOPICS[service].topic);
    const byId = new Map(messages.map((message) => [message.headers.ce_id, message]));
    expect([...byId.keys()].sort()).toEqual(told.events.map(({ id }) => id).sort());
    for (const event of told.events) expect(eventOn(byId.get(event.id))).toEqual(shownOf(event));
    const seen = messages.map(({ key, headers }) => ({ subject: key, sequence: headers.ce_sequence ?? '' }));
    expect(firstSightings(seen)).toEqual(firstSightings(told.events));
    if (service === 'order') {
      expect(new Set(told.events.map(({ type }) => type))).toEqual(new Set(['order.placed', 'order.status-changed']));
    }
  }
});

/** Places orders and ships every tenth; returns how often each status was answered. */
function underLoad(system: System) {
  const counts: Record<number, number> = {};
  const answered = () => Object.values(counts).reduce((sum, count) => sum + count, 0);
  const one = async (i: number) => {
    const status = await placed(system, `load-${i}`, i % 10 === 0);
    counts[status] = (counts[status] ?? 0) + 1;
  };
  const all = async () => {
    const answers: Promise<void>[] = [];
    for (let i = 0; i < ORDERS; i++) {
      await pause(1_000 / ORDERS_PER_SECOND);
      answers.push(one(i));
    }
    await Promise.all(answers);
    return counts;
  };
  const goesOn = () => {
    const enough = answered() + MEANWHILE;
    return eventually(answered, (count) => count >= enough, PATIENCE_MS);
  };
  return { whole: all(), goesOn };
}

async function placed(system: System, key: string, ship: boolean): Promise<number> {
  const { status, body } = await insisting(system, '/orders', cart(), key);
  if (status !== 201 || !ship) return status;
  const shipped = await insisting(system, `/orders/${body.id}/fulfill`, {}, `${key}-ship`);
  return shipped.status === 200 ? status : shipped.status;
}

/** Retries with the same key until there is an answer. */
async function insisting({ order }: System, path: string, body: object, key: string): Promise<Got> {
  const send = () => order.post(path, body, { key }).catch(() => undefined);
  return (await eventually(send, (got) => got !== undefined && got.status < 500, PATIENCE_MS)) as Got;
}

async function all(notification: Api): Promise<{ status: string; kind: string }[]> {
  const items = [];
  for (let cursor = ''; ; ) {
    const { body } = await notification.get(`/notifications?limit=200${cursor}`);
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

/** The number of notifications sent to customers, however often their events came. */
async function sentTo({ notification }: System) {
  const kinds = (await all(notification)).map(({ status, kind }) => (status === 'SENT' ? kind : status));
  const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
  return {
    received: count('order-received'),
    confirmed: count('order-confirmed'),
    shipped: count('order-shipped'),
    paid: count('payment-received'),
  };
}

async function lag({ order }: System): Promise<number> {
  const { text } = await order.get('/metrics');
  return Number(/^outbox_lag_seconds\{.*\} (.*)$/m.exec(text)?.[1]);
}

async function feedOf(system: System, service: Announcer) {
  const events = [];
  for (let after = '0'; ; ) {
    const { body } = await system[service].get(`/events?limit=200&after=${after}`);
    if (body.events.length === 0) return events;
    events.push(...body.events);
    after = body.next;
  }
}

const eventOn = (message: Awaited<ReturnType<typeof consoleConsumer>>[number] | undefined) => ({
  id: message?.headers.ce_id,
  type: message?.headers.ce_type,
  key: message?.key,
  sequence: message?.headers.ce_sequence,
  data: JSON.parse(message?.value ?? 'null'),
});

const shownOf = ({ id, type, subject: key, sequence, data }: CloudEvent) => ({ id, type, key, sequence, data });
