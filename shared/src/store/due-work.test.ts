import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Unavailable } from '../errors.ts';
import { createLogger } from '../telemetry/logger.ts';
import { DueWork } from './due-work.ts';
import { MemoryStore } from './memory.ts';

const AT_ONCE = 10;
const POLL_MS = 1_000;

const world = { now: () => Date.now() };
let store: MemoryStore<object>;
let queue: DueWork;
/** The documents worked on, in order. */
let tried: string[];
let errors: string[];
/** How often the queue looked for due documents. */
let looks: number;
let work: (id: string) => Promise<unknown>;
let due: MemoryStore<object>['due'];

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 1), doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  store = new MemoryStore(world);
  [tried, errors, looks] = [[], [], 0];
  due = (now, limit) => store.due(now, limit);
  work = async (id) => settle(id);
});
afterEach(async () => {
  const stopped = queue.stop();
  await pass(POLL_MS);
  await stopped;
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const put = (id: string, dueAt?: number) =>
  store.write([id], undefined, () => ({
    put: [{ id, data: {}, dueAt }],
    events: [{ stream: id, type: 'put', at: 0, traceId: '', data: {} }],
  }));
const settle = (id: string) => put(id);
/** So many documents, the first one the longest overdue. */
const overdue = async (name: string, count: number) => {
  for (let i = 0; i < count; i++) await put(`${name}${i}`, i);
};
const timesOf = (id: string) => tried.filter((one) => one === id).length;

function start(onNews?: (look: () => void) => () => void): void {
  const log = createLogger('test', 'silent');
  log.error = ((message: string) => errors.push(message)) as never;
  const one = async (id: string) => {
    tried.push(id);
    await work(id);
  };
  queue = new DueWork({
    due: (now, limit) => {
      looks += 1;
      return due(now, limit);
    },
    ...{ world, log, what: 'things', atOnce: AT_ONCE, onNews, work: one },
  });
  queue.start();
}

const poisonous = (id: string) => id.startsWith('poison');
const unlessPoisoned = async (id: string) => {
  if (poisonous(id)) throw new Error('poison');
  await settle(id);
};

describe('documents whose work fails', () => {
  it.each([AT_ONCE, 500])('do not starve the one behind %i of them', async (count) => {
    await overdue('poison', count);
    await put('sound', count);
    work = unlessPoisoned;
    start();
    await pass(0);
    expect(tried.filter((id) => !poisonous(id))).toEqual(['sound']);
    expect(tried).toHaveLength(count + 1);
  });

  it('are tried again with backoff, after pauses that grow up to sixty polls', async () => {
    const at: number[] = [];
    work = async () => {
      at.push(Date.now() / 1_000);
      throw new Error('poison');
    };
    await put('poison', 0);
    start();
    await pass(5 * 60_000);
    const pauses = at.slice(1).map((time, i) => Math.floor(time - (at[i] as number)));
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(errors).toEqual(Array(at.length).fill('one of the things could not be handled'));
  });

  it('are worked on like any other as soon as one try succeeds', async () => {
    let poisoned = true;
    work = async (id) => {
      if (poisoned) throw new Error('poison');
      await settle(id);
    };
    await put('once', 0);
    start();
    await pass(7_000);
    poisoned = false;
    await pass(8_000);
    expect(await store.due(Date.now(), 10)).toEqual([]);
    const before = timesOf('once');
    await put('once', 0);
    await pass(POLL_MS);
    expect(timesOf('once')).toBe(before + 1);
  });

  it('are like new after another replica has done their work for the longest pause', async () => {
    work = unlessPoisoned;
    await put('poison', 0);
    start();
    await pass(0);
    await put('poison');
    await pass(61 * POLL_MS);
    await put('poison', 0);
    await pass(2 * POLL_MS);
    expect(timesOf('poison')).toBe(3);
  });
});

it('documents that are still due after their work are left alone for a while, and do not starve others', async () => {
  await overdue('unchanged', AT_ONCE);
  await put('sound', AT_ONCE);
  work = async (id) => {
    if (id === 'sound') await settle(id);
  };
  start();
  await pass(60_000);
  expect(timesOf('sound')).toBe(1);
  expect(timesOf('unchanged0')).toBe(3 * 61);
  expect(errors).toEqual([]);
});

describe('when something that all work needs is missing', () => {
  it('all is tried again at the next look, and no sooner', async () => {
    let missing = true;
    await overdue('thing', 3 * AT_ONCE);
    work = async (id) => {
      if (missing) throw new Unavailable('SERVICE_UNAVAILABLE', 'the store is away', 1);
      await settle(id);
    };
    start();
    await pass(0);
    expect(tried).toHaveLength(AT_ONCE);
    missing = false;
    await pass(POLL_MS);
    expect(await store.due(Date.now(), 100)).toEqual([]);
  });

  it('such as the store itself, the next look tries again', async () => {
    due = () => Promise.reject(new Error('no connection'));
    await put('thing', 0);
    start();
    await pass(3 * POLL_MS - 1);
    expect(errors).toEqual(Array(3).fill('things could not be looked for'));
    due = (now, limit) => store.due(now, limit);
    await pass(1);
    expect(tried).toEqual(['thing']);
  });
});

describe('more documents than can be worked on at once', () => {
  it('are worked on one after the other, without a wait for the next poll', async () => {
    let underWay = 0;
    let most = 0;
    work = async (id) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 10));
      underWay -= 1;
      await settle(id);
    };
    await overdue('thing', 10 * AT_ONCE);
    start();
    await pass(POLL_MS - 1);
    expect(new Set(tried).size).toBe(10 * AT_ONCE);
    expect(tried).toHaveLength(10 * AT_ONCE);
    expect(most).toBe(AT_ONCE);
  });

  it('begin when half of those under way have ended, and not after each of them', async () => {
    const ends: (() => void)[] = [];
    work = (id) => new Promise<void>((resolve) => ends.push(resolve)).then(() => settle(id));
    await overdue('thing', 2 * AT_ONCE);
    start();
    await pass(0);
    for (const end of ends.splice(0, AT_ONCE / 2 - 1)) end();
    await pass(0);
    expect(tried).toHaveLength(AT_ONCE);
    ends.shift()?.();
    await pass(0);
    expect(tried).toHaveLength(AT_ONCE + AT_ONCE / 2);
    work = settle;
    for (const end of ends) end();
  });

  it('begin while there is room, even for one; without room there is no look', async () => {
    let goOn = () => {};
    const going = new Promise<void>((resolve) => (goOn = resolve));
    work = async (id) => going.then(() => settle(id));
    await overdue('thing', AT_ONCE - 1);
    start();
    await pass(0);
    await put('last', AT_ONCE);
    await pass(POLL_MS);
    expect(tried).toHaveLength(AT_ONCE);
    await pass(POLL_MS);
    expect(looks).toBe(2);
    goOn();
  });
});

it('news causes a look at once', async () => {
  start((look) => store.onEvents(look));
  await pass(0);
  await put('thing', 0);
  await pass(0);
  expect(tried).toEqual(['thing']);
  // At the start, for that news, and for the news of its own work.
  expect(looks).toBe(3);
});

it('news that comes during a look causes one more look; a stopped queue does not listen', async () => {
  let look = () => {};
  let isListening = true;
  const found: ((ids: string[]) => void)[] = [];
  due = () => new Promise((resolve) => found.push(resolve));
  start((whenever) => {
    look = whenever;
    return () => (isListening = false);
  });
  look();
  look();
  expect(found).toHaveLength(1);
  found[0]?.([]);
  await pass(0);
  expect(found).toHaveLength(2);
  found[1]?.([]);
  await pass(0);
  expect(found).toHaveLength(2);
  await queue.stop();
  expect([isListening, jest.getTimerCount()]).toEqual([false, 0]);
});

it('a stop waits for the work under way, and begins no more', async () => {
  await overdue('thing', AT_ONCE + 1);
  let goOn = () => {};
  const going = new Promise<void>((resolve) => (goOn = resolve));
  work = async (id) => going.then(() => settle(id));
  start();
  await pass(0);
  let stopped = false;
  const stopping = queue.stop().then(() => (stopped = true));
  await pass(POLL_MS);
  expect(stopped).toBe(false);
  goOn();
  await stopping;
  expect(tried).toHaveLength(AT_ONCE);
  expect(looks).toBe(1);
});

it('a stop during a look waits for it, too, and begins nothing that it finds', async () => {
  let found = (_ids: string[]) => {};
  due = () => new Promise((resolve) => (found = resolve));
  start();
  let stopped = false;
  const stopping = queue.stop().then(() => (stopped = true));
  await pass(POLL_MS);
  expect(stopped).toBe(false);
  found(['thing']);
  await stopping;
  expect(tried).toEqual([]);
});

it('when more documents fail than can be remembered, the next look waits for its poll', async () => {
  const ids = Array.from({ length: 10_100 }, (_, i) => `poison${i}`);
  due = async () => ids.slice(tried.length, tried.length + AT_ONCE);
  work = unlessPoisoned;
  start();
  await pass(0);
  expect(tried.length).toBeGreaterThanOrEqual(10_000);
  expect(tried.length).toBeLessThan(10_000 + AT_ONCE);
});
