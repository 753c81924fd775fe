import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LivePast, LiveSystem } from '@oms/shared/contracts/gateway';
import { LiveSystem as LiveSystemSchema } from '@oms/shared/contracts/gateway';
import { json, type Target } from '../../../../tests/support/call-target.ts';
import { gatewayWorld } from '../../../../tests/support/gateway.ts';
import { post, startTiny, type Tiny } from '../../../../tests/support/tiny-service.ts';
import { until } from '../../../../tests/support/until.ts';

const world = gatewayWorld();
let tiny: Tiny;
let gateway: Awaited<ReturnType<typeof world.gateway>>;
const streams: { leave(): void }[] = [];
beforeEach(async () => {
  tiny = await startTiny();
  gateway = await world.gateway({ ORDER_SERVICE_URL: tiny.url });
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.leave();
  await world.close();
  await tiny.close();
});

interface Message {
  id: string | undefined;
  event: string;
  data: Record<string, unknown>;
}

function watch(lastId?: string, url = gateway.url) {
  const headers = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
  const stream = { text: '', ended: false, leave: () => void req.destroy() };
  const req = request(`${url}/live`, { headers }, (res) => {
    res.setEncoding('utf8').on('data', (chunk) => (stream.text += chunk));
    res.on('end', () => (stream.ended = true)).on('error', () => {});
  });
  req.on('error', () => {}).end();
  streams.push(stream);
  const messages = (event: string) => messagesIn(stream.text).filter((message) => message.event === event);
  const streamsOf = () => messages('order').map(({ data }) => data.stream);
  return Object.assign(stream, { messages, orders: streamsOf });
}

const messagesIn = (text: string): Message[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => block.includes('data: '))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      return { id: field('id'), event: field('event') ?? '', data: JSON.parse(field('data') ?? '') };
    });

const create = (id: string, on = tiny) => post(`${on.url}/things`, { id, size: 1 });

describe('a client that connects', () => {
  it('is told the place where it begins, and then every event', async () => {
    await create('before');
    const stream = watch();
    await until(() => stream.messages('place').length === 1);
    await create('a');
    await create('b');
    await until(() => stream.orders().length === 2);
    expect(stream.orders()).toEqual(['thing/a', 'thing/b']);
    expect(stream.messages('order')[0]).toMatchObject({ id: expect.stringMatching(/^2 /), data: { position: '2' } });
  });

  it('misses none of a burst', async () => {
    const stream = watch();
    await until(() => stream.messages('place').length === 1);
    const ids = Array.from({ length: 450 }, (_, i) => `t${i}`);
    await Promise.all(ids.map((id) => create(id)));
    await until(() => stream.orders().length >= 450);
    expect(new Set(stream.orders()).size).toBe(450);
  });

  it('is sent the state of every service about once a second', async () => {
    const stream = watch();
    await until(() => stream.messages('system').length > 0);
    const system = stream.messages('system')[0]?.data as unknown as LiveSystem;
    expect(LiveSystemSchema.safeParse(system).error).toBeUndefined();
    expect(system.services.order?.status).toBe('UP');
    expect(system.services.payment?.status).toBe('DOWN');
    expect(system.services.gateway?.status).toBe('UP');
  });
});

describe('all clients', () => {
  /** What of the feed is asked for by waiting, and by whom everything is looked at once a second. */
  const feedReads = (of: Target) => of.requests.filter(({ path }) => path.startsWith('/events'));

  it('are served by one look at the feed, however many they are', async () => {
    const orders = await world.target();
    const hanging: (() => void)[] = [];
    let position = 7;
    orders.answer = (req, res) => {
      if (!req.url?.startsWith('/events')) return json(res, 404, {});
      const at = '2026-01-01T00:00:00Z';
      const more = { id: 'o:1', version: 1, type: 'order.placed', at, data: {}, traceId: '', stream: 'o' };
      const page = (events: object[]) => json(res, 200, { events, next: String(position), feed: 'f' });
      if (req.url.includes('after=end')) return page([]);
      hanging.push(() => page([{ ...more, position: String(++position) }]));
    };
    gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url, STREAMS_PER_CALLER: '0' });
    const watchers = Array.from({ length: 50 }, () => watch());
    await until(() => watchers.every((one) => one.messages('place').length === 1));
    for (let round = 1; round <= 3; round++) {
      await until(() => hanging.length === round);
      hanging[round - 1]?.();
      await until(() => watchers.every((one) => one.orders().length === round));
    }
    await until(() => hanging.length === 4);
    // Where the end is, and then once for each event, and once more for the next.
    expect(feedReads(orders)).toHaveLength(5);
    for (const one of watchers) one.leave();
    await until(() => orders.abandoned === 1);
  });

  it('do not wait for one of them that reads nothing', async () => {
    const silent = request(`${gateway.url}/live`, { headers: { 'Last-Event-ID': '0' } }, (res) => void res.pause());
    silent.on('error', () => {}).end();
    const stream = watch();
    await until(() => stream.messages('place').length === 1);
    const ids = Array.from({ length: 3_000 }, (_, i) => `${'x'.repeat(50)}${i}`);
    for (let i = 0; i < ids.length; i += 300) await Promise.all(ids.slice(i, i + 300).map((id) => create(id)));
    await until(() => stream.orders().length === 3_000);
    silent.destroy();
  });
});

describe('a client that was disconnected for longer', () => {
  it('misses nothing and gets nothing twice, while others are connected and more happens', async () => {
    for (let i = 0; i < 700; i++) await create(`past${i}`);
    const other = watch();
    await until(() => other.messages('place').length === 1);
    const back = watch('0');
    await Promise.all(Array.from({ length: 100 }, (_, i) => create(`now${i}`)));
    await until(() => back.orders().length >= 800 && other.orders().length >= 100);
    const positions = back.messages('order').map(({ data }) => Number(data.position));
    expect(positions).toEqual(Array.from({ length: 800 }, (_, i) => i + 1));
    await create('last');
    await until(() => back.orders().at(-1) === 'thing/last' && other.orders().at(-1) === 'thing/last');
    expect(other.orders()).toHaveLength(101);
  });
});

describe('a client that connects again', () => {
  it('gets what it has missed, and nothing twice', async () => {
    const first = watch();
    await until(() => first.messages('place').length === 1);
    await create('a');
    await until(() => first.orders().length === 1);
    first.leave();
    await create('b');
    await create('c');
    const again = watch(first.messages('order')[0]?.id);
    await until(() => again.orders().length === 2);
    expect([again.orders(), again.messages('place'), again.messages('anew')]).toEqual([['thing/b', 'thing/c'], [], []]);
  });

  it.each([
    ['shorter than his place', 1],
    ['long enough to have his place', 4],
  ])('to a feed that has begun anew, %s, is told so, and goes on from its end', async (_what, events) => {
    for (const id of ['a', 'b', 'c']) await create(id);
    const first = watch('1');
    await until(() => first.orders().length === 2);
    const place = first.messages('order').at(-1)?.id;
    first.leave();

    const reborn = await startTiny();
    reborn.clock.now += 1;
    for (let i = 0; i < events; i++) await create(`new${i}`, reborn);
    const other = await world.gateway({ ORDER_SERVICE_URL: reborn.url });
    const again = watch(place, other.url);
    await until(() => again.messages('anew').length === 1);
    await create('later', reborn);
    await until(() => again.orders().length > 0);
    expect(again.orders()).toEqual(['thing/later']);
    again.leave();
    await other.stop();
    await reborn.close();
  });

  it('with an invalid id begins like a new client', async () => {
    await create('a');
    const stream = watch('nonsense');
    await until(() => stream.messages('place').length === 1);
    expect(stream.orders()).toEqual([]);
  });

  it('gets the last minutes that others have seen', async () => {
    const first = watch();
    await until(() => first.messages('system').length > 0);
    const second = watch();
    await until(() => second.messages('past').length === 1);
    const [past] = second.messages('past') as [Message];
    const [seen] = past.data as unknown as LivePast;
    const [{ data }] = first.messages('system') as [Message];
    const { at, seconds, orders } = data as unknown as LiveSystem;
    expect(seen).toEqual({ at, seconds, orders });
  });
});

describe('the services', () => {
  let payment: Target;
  beforeEach(async () => {
    payment = await world.target();
    const breakers = { order: 'OPEN' };
    let requests = 0;
    payment.answer = (req, res) => {
      if (req.url === '/health') return json(res, 200, { status: 'DEGRADED', dependencies: breakers });
      if (req.url === '/chaos') return json(res, 404, {});
      requests += 10;
      const labels = 'method="POST",route="/payments",status="500"';
      res.end(`http_request_duration_seconds_count{${labels}} ${requests}\n`);
    };
    gateway = await world.gateway({ ORDER_SERVICE_URL: tiny.url, PAYMENT_SERVICE_URL: payment.url });
  });
  const looks = () => payment.requests.filter(({ path }) => path === '/metrics').length;

  it('are shown with state, rates, breakers and faults', async () => {
    const stream = watch();
    await until(() => stream.messages('system').length > 0);
    const [{ data }] = stream.messages('system') as [Message];
    const { services, seconds } = data as unknown as LiveSystem;
    expect(services.payment).toMatchObject({ status: 'DEGRADED', breakers: { order: 'OPEN' }, chaos: null });
    expect(services.payment?.errors).toBeCloseTo(10 / seconds, 0);
    expect(services.order?.chaos).toMatchObject({ enabled: false });
  });

  it('are looked at once for all clients, and not at all when there are none', async () => {
    const watchers = [watch(), watch(), watch()];
    await until(() => watchers.every((one) => one.messages('system').length >= 2));
    const [told, looked] = [watchers[0]?.messages('system').length ?? 0, looks()];
    expect(looked).toBeLessThanOrEqual(told + 2);
    for (const one of watchers) one.leave();
    const last = looks();
    gateway = await world.gateway({ ORDER_SERVICE_URL: tiny.url });
    const meanwhile = watch();
    await until(() => meanwhile.messages('system').length === 2);
    // One may have been under way.
    expect(looks()).toBeLessThanOrEqual(last + 1);
  });
});

describe('the stream', () => {
  it('ends when the gateway stops, so that its client connects again', async () => {
    const stream = watch();
    await until(() => stream.messages('place').length === 1);
    await gateway.stop();
    expect(stream.ended).toBe(true);
  });

  it('is for admins where tokens are required', async () => {
    const guarded = await world.gateway({
      ORDER_SERVICE_URL: tiny.url,
      AUTH_MODE: 'jwt',
      AUTH_TOKENS: 'true',
      INTERNAL_TOKEN: 'what-services-show-each-other',
    });
    const status = async (role?: string) => {
      const { body } = await post(`${guarded.url}/auth/token`, { userId: 'eve', roles: [role] });
      const headers: Record<string, string> = role ? { Authorization: `Bearer ${body.token}` } : {};
      const leaving = new AbortController();
      const answer = await fetch(`${guarded.url}/live`, { headers, signal: leaving.signal });
      leaving.abort();
      return answer.status;
    };
    expect([await status(), await status('customer'), await status('admin')]).toEqual([401, 403, 200]);
  });
});
