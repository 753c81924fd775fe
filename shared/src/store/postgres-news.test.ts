import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { PostgresStore } from './postgres.ts';
import { PostgresNews } from './postgres-news.ts';
import type { News } from './store.ts';

type Told = (string[] | 'any')[];

let url: string;
let here: PostgresStore<object>;
let elsewhere: PostgresStore<object>;
beforeEach(async () => {
  if (!process.env.DATABASE_URL_TEST) return;
  url = await freshDatabase();
  here = new PostgresStore(url);
  elsewhere = new PostgresStore(url);
});
afterEach(() => Promise.all([here?.close(), elsewhere?.close()]));

const event = (stream: string) => ({ stream, type: 'moved', at: 1, traceId: 't', data: {} });
const write = (store: PostgresStore<object>, ...ids: string[]) =>
  store.write(ids, undefined, () => ({ put: ids.map((id) => ({ id, data: {} })), events: ids.map(event) }));

function listen(): { told: Told; stop(): void } {
  const told: Told = [];
  const stop = here.onEvents((news: News) => void told.push(news ? [...news.keys()].sort() : 'any'));
  return { told, stop };
}

/** A listener that has been told of all events from before. */
async function caughtUp() {
  const listener = listen();
  await until(() => listener.told.length > 0);
  listener.told.splice(0);
  return listener;
}

describeDurable('events on PostgreSQL', () => {
  it('may be of any document for a new listener, because earlier events are unknown', async () => {
    await write(elsewhere, 'a');
    const { told } = listen();
    await until(() => told.length > 0);
    expect(told).toEqual(['any']);
  });

  it('of another replica are noticed, with the documents they are about', async () => {
    const { told } = await caughtUp();
    await write(elsewhere, 'a', 'b');
    await until(() => told.length > 0);
    expect(told).toEqual([['a', 'b']]);
  });

  it('that are written here are announced before their write returns', async () => {
    const { told } = await caughtUp();
    await here.write(['quiet'], undefined, () => ({ put: [{ id: 'quiet', data: {} }] }));
    expect(told).toEqual([]);
    await write(here, 'a');
    expect(told).toContainEqual(['a']);
  });

  it('that both write in turn are all announced', async () => {
    const { told } = await caughtUp();
    const ids = Array.from({ length: 40 }, (_, i) => `s${i}`);
    await Promise.all(ids.map((id, i) => write(i % 2 === 0 ? here : elsewhere, id)));
    await until(() => new Set(told.flat()).size === ids.length);
    expect(told).not.toContain('any');
  });

  it('may be of any document when very many come at once', async () => {
    const { told } = await caughtUp();
    const many = Array.from({ length: 10_001 }, () => event('a'));
    await elsewhere.write(['a'], undefined, () => ({ put: [{ id: 'a', data: {} }], events: many }));
    await until(() => told.length > 0);
    expect(told).toEqual(['any']);
  });
});

describe('the feed', () => {
  function counted(listeners: number) {
    const looks = { count: 0, stop: () => {} };
    const news = new PostgresNews(async () => {
      looks.count++;
      return { rows: [] } as never;
    });
    const stops = Array.from({ length: listeners }, () => news.listen(() => {}));
    looks.stop = () => stops.forEach((stop) => void stop());
    return looks;
  }

  it('has one look for all listeners, and none without listeners', async () => {
    const [one, thousand] = [counted(1), counted(1_000)];
    await until(() => one.count >= 3);
    expect(thousand.count).toBeLessThanOrEqual(one.count + 1);
    thousand.stop();
    const before = [one.count, thousand.count] as const;
    await until(() => one.count >= before[0] + 3);
    expect(thousand.count).toBe(before[1]);
    one.stop();
  });

  describe('is looked at every 200 ms', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    /** The positions of the queries, and the answer to the last one. */
    function scripted() {
      const positions: unknown[] = [];
      const answers: { answer(rows: object[]): void; fail(): void }[] = [];
      const news = new PostgresNews(({ values }) => {
        positions.push(values?.[0]);
        return new Promise((resolve, reject) => {
          const answer = (rows: object[]) => resolve({ rows } as never);
          answers.push({ answer, fail: () => reject(new Error('away')) });
        });
      });
      return { positions, news, last: () => answers.at(-1) };
    }
    const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

    it('from the last announced position, one look after the other, and goes on after a failure', async () => {
      const { positions, news, last } = scripted();
      const told: unknown[] = [];
      news.listen((some) => told.push(some));
      await pass(199);
      expect(positions).toEqual([]);
      await pass(1_001);
      expect(positions).toEqual([null]);
      last()?.fail();
      await pass(200);
      last()?.answer([{ last: '7', streams: null }]);
      await pass(200);
      last()?.answer([]);
      await pass(200);
      last()?.answer([{ last: '9', streams: ['a', 'b'] }]);
      await pass(200);
      expect(positions).toEqual([null, null, 7, 7, 9]);
      expect(told).toEqual([undefined, new Set(['a', 'b'])]);
      news.close();
      expect(jest.getTimerCount()).toBe(0);
    });

    it('from the start for a new first listener, who ignores a late answer to those who left', async () => {
      const { positions, news, last } = scripted();
      const told: unknown[] = [];
      const stop = news.listen((some) => told.push(some));
      await pass(200);
      last()?.answer([{ last: '7', streams: ['a'] }]);
      await pass(200);
      stop();
      expect(jest.getTimerCount()).toBe(0);
      last()?.answer([{ last: '8', streams: ['b'] }]);
      await pass(0);
      news.listen((some) => told.push(some));
      const another = news.listen(() => {});
      another();
      expect(jest.getTimerCount()).toBe(1);
      await pass(200);
      expect(positions).toEqual([null, 7, null]);
      expect(told).toEqual([new Set(['a'])]);
      news.close();
    });
  });
});
