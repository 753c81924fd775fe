import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, post, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, pass, stopTime } from '../../test/stopped-time.ts';

let tiny: Tiny;
/** How many wait for events, in the store's eyes. */
let listening: number;
beforeEach(async () => {
  stopTime();
  tiny = await startTiny();
  listening = 0;
  const { store } = tiny;
  const listen = store.onEvents.bind(store);
  store.onEvents = (listener) => {
    const stop = listen(listener);
    listening++;
    return () => {
      listening--;
      stop();
    };
  };
});
afterEach(() => {
  letTimeRun();
  return tiny.close();
});

const create = (id: string) => post(`${tiny.url}/things`, { id, size: 1 });
const look = (query: string, prefer?: string) =>
  ask(`${tiny.url}/events${query}`, { headers: prefer === undefined ? {} : { Prefer: prefer } });
const idsOf = ({ body }: { body: Record<string, unknown> }) => (body.events as { id: string }[]).map(({ id }) => id);

describe('a reader that prefers to wait for an event', () => {
  it('is answered as soon as one comes', async () => {
    const looking = look('?after=0', 'wait=20');
    await until(() => listening === 1);
    await create('a');
    const answer = await looking;
    expect(idsOf(answer)).toEqual(['thing/a:1']);
    expect(answer.body.next).toBe('1');
    expect(answer.headers['preference-applied']).toBe('wait=20');
    expect(listening).toBe(0);
  });

  it('does not wait if there is one', async () => {
    await create('a');
    expect(idsOf(await look('', 'wait=20'))).toEqual(['thing/a:1']);
  });

  it('does not miss one that is written while the store is read', async () => {
    const { store } = tiny;
    const read = store.events.bind(store);
    let looks = 0;
    store.events = async (query) => {
      const found = await read(query);
      if (++looks === 1) await create('a');
      return found;
    };
    expect(idsOf(await look('', 'wait=20'))).toEqual(['thing/a:1']);
    expect(looks).toBeGreaterThan(1);
  });

  it('gets an empty page after that time', async () => {
    let answer: Awaited<ReturnType<typeof look>> | undefined;
    look('', 'wait=1').then((got) => (answer = got));
    await until(() => listening === 1);
    await pass(999);
    expect([answer, listening]).toEqual([undefined, 1]);
    await pass(1);
    expect(listening).toBe(0);
    await until(() => answer);
    expect(answer?.body).toEqual({ events: [], next: '0', feed: null });
  });

  it('waits for half a minute at most, and is told so', async () => {
    const looking = look('', 'respond-async, wait=300');
    await until(() => listening === 1);
    await create('a');
    expect((await looking).headers['preference-applied']).toBe('wait=30');
  });

  it('is answered at once when the service stops, or stops already', async () => {
    const looking = look('', 'wait=20');
    await until(() => listening === 1);
    tiny.lifecycle.drain();
    for (const answer of [await looking, await look('', 'wait=20')]) {
      expect([answer.status, answer.body.events, answer.headers.connection]).toEqual([200, [], 'close']);
    }
  });

  it('is forgotten once it has gone away', async () => {
    const req = request(`${tiny.url}/events`, { headers: { Prefer: 'wait=20' } });
    req.on('error', () => {}).end();
    await until(() => listening === 1);
    req.destroy();
    await until(() => listening === 0);
  });

  it('is told at once to start again when its place is beyond the end, in an earlier feed', async () => {
    await create('a');
    const answer = await look('?after=57', 'wait=20');
    expect(answer.body).toMatchObject({ events: [], next: '0', feed: expect.any(String) });
  });
});

describe('a reader that does not prefer to wait', () => {
  it.each([undefined, 'wait=0', 'respond-async'])('is answered at once: %s', async (prefer) => {
    const answer = await look('', prefer);
    expect(answer.body.events).toEqual([]);
    expect(answer.headers['preference-applied']).toBe(prefer === 'wait=0' ? 'wait=0' : undefined);
  });
});

it('a reader that requests the end is told its place', async () => {
  await create('a');
  await create('b');
  expect((await look('?after=end')).body).toEqual({ events: [], next: '2', feed: expect.any(String) });
});

describe('a feed is identified', () => {
  it('by the same id on every page, and by none while it is empty', async () => {
    const empty = await look('');
    await create('a');
    await create('b');
    const [first, second, beyond] = [await look('?limit=1'), await look('?after=1'), await look('?after=9')];
    expect(empty.body.feed).toBeNull();
    expect(first.body.feed).toEqual(expect.any(String));
    expect([second.body.feed, beyond.body.feed]).toEqual([first.body.feed, first.body.feed]);
  });

  it('by another id once a service without a database restarted, although its first event is the same', async () => {
    await create('a');
    const { body: before } = await look('');
    const again = await startTiny();
    again.clock.now += 1;
    await post(`${again.url}/things`, { id: 'a', size: 1 });
    const { body: after } = await ask(`${again.url}/events`);
    await again.close();
    expect(idsOf({ body: after })).toEqual(idsOf({ body: before }));
    expect(after.feed).not.toBe(before.feed);
  });
});

describe('a reader that cannot store its place', () => {
  const as = (caller: string, query: string) => ask(`${tiny.url}/events${query}`, { headers: { 'X-Caller': caller } });

  it('begins at the start, has its place kept, and continues there', async () => {
    for (const id of ['a', 'b', 'c']) await create(id);
    const begun = await as('service:reader', '?after=kept');
    expect(idsOf(begun)).toEqual(['thing/a:1', 'thing/b:1', 'thing/c:1']);
    await as('service:reader', `?after=2&keep=${begun.body.feed}`);
    expect(idsOf(await as('service:reader', '?after=kept'))).toEqual(['thing/c:1']);
    expect(idsOf(await as('service:other', '?after=kept'))).toHaveLength(3);
  });

  it('has no place of an earlier feed kept', async () => {
    for (const id of ['a', 'b', 'c']) await create(id);
    await as('service:reader', '?after=2&keep=another');
    expect(idsOf(await as('service:reader', '?after=kept'))).toHaveLength(3);
  });

  it('that only looks has no place kept', async () => {
    await create('a');
    await as('service:reader', '?after=1');
    expect(idsOf(await as('service:reader', '?after=kept'))).toEqual(['thing/a:1']);
  });

  it.each(['operator:eve', 'customer:ada'])('is a service, and nobody else: %s', async (caller) => {
    expect((await as(caller, '?after=kept')).status).toBe(403);
    expect((await as(caller, '?after=0&keep=another')).status).toBe(403);
  });
});
