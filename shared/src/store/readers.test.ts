import { getEventListeners, setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryStore } from './memory.ts';
import { type Reader, Readers } from './readers.ts';
import type { EventQuery, StoredEvent } from './store.ts';

/** Records the queries. */
class WatchedStore extends MemoryStore<object> {
  looks: EventQuery[] = [];
  listening = 0;

  override async events(query: EventQuery): Promise<StoredEvent[]> {
    this.looks.push(query);
    const found = await super.events(query);
    // As slow as a database.
    await new Promise((resolve) => setImmediate(resolve));
    return found;
  }

  override onEvents(listener: Parameters<MemoryStore<object>['onEvents']>[0]): () => void {
    const stop = super.onEvents(listener);
    this.listening++;
    return () => {
      this.listening--;
      stop();
    };
  }
}

let store: WatchedStore;
let readers: Readers;
let left: AbortController;
beforeEach(() => {
  store = new WatchedStore({ now: () => 0 });
  readers = new Readers(store);
  left = new AbortController();
  setMaxListeners(0, left.signal);
});
afterEach(() => left.abort());

const write = (id: string) =>
  store.write([id], undefined, () => ({
    put: [{ id, data: {} }],
    events: [{ stream: id, type: 'moved', at: 0, traceId: '', data: {} }],
  }));

/** Follows the feed; returns the events seen so far. */
function followed(stream: string | undefined): StoredEvent[] {
  const reader = readers.follow(stream);
  const seen: StoredEvent[] = [];
  void follow(reader, seen, stream);
  return seen;
}

async function follow(reader: Reader, seen: StoredEvent[], stream: string | undefined): Promise<void> {
  while (!left.signal.aborted) {
    const last = seen.at(-1);
    const after = stream === undefined ? last?.position : last?.version;
    seen.push(...(await reader.look(String(after ?? 0), 100)));
    await reader.wait(left.signal);
  }
  reader.close();
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a thousand readers', () => {
  it.each([
    ['of one document', 'a'],
    ['of the feed', undefined],
  ])('%s share one look at its news', async (_what, stream) => {
    const all = Array.from({ length: 1_000 }, () => followed(stream));
    await settled();
    store.looks = [];
    await write('a');
    await settled();
    expect(all.every((seen) => seen.length === 1)).toBe(true);
    expect(store.looks).toHaveLength(1);
  });

  it('of other documents are not woken', async () => {
    for (let i = 0; i < 1_000; i++) followed(`idle ${i}`);
    await settled();
    store.looks = [];
    for (let i = 0; i < 50; i++) await write('a');
    await settled();
    expect(store.looks).toEqual([]);
  });

  it('share one listener, and none when all have left', async () => {
    for (let i = 0; i < 1_000; i++) followed(`s${i % 10}`);
    await settled();
    expect(store.listening).toBe(1);
    left.abort();
    await settled();
    expect(store.listening).toBe(0);
    readers.follow('a').close();
    readers.follow();
    expect(store.listening).toBe(1);
  });
});

describe('a reader', () => {
  it('misses nothing that is written while it looks, or shares a look', async () => {
    const [first, second] = [readers.follow('a'), readers.follow('a')];
    const looking = first.look('0', 100);
    await write('a');
    expect(await second.look('0', 100)).toHaveLength(1);
    await looking;
    await first.wait(left.signal);
    expect(await first.look('0', 100)).toHaveLength(1);
  });

  it('waits no longer than its signal allows', async () => {
    const reader = readers.follow('a');
    const waiting = reader.wait(left.signal);
    left.abort();
    await waiting;
    await reader.wait(left.signal);
    expect(getEventListeners(left.signal, 'abort')).toEqual([]);
  });

  it('waits for news, and again for the next, and leaves no listener behind', async () => {
    await write('a');
    const reader = readers.follow('a');
    const woken: string[] = [];
    for (const news of ['first', 'second']) {
      if (news === 'second') await reader.look('0', 100);
      const waiting = reader.wait(left.signal).then(() => woken.push(news));
      await settled();
      expect(woken).not.toContain(news);
      await write('a');
      await waiting;
    }
    expect(getEventListeners(left.signal, 'abort')).toEqual([]);
    await write('a');
  });

  it('that leaves does not affect those that stay', async () => {
    const [leaving, staying] = [readers.follow('a'), readers.follow('a')];
    leaving.close();
    readers.follow('b').close();
    const waiting = staying.wait(left.signal);
    await write('a');
    await waiting;
    staying.close();
    expect(store.listening).toBe(0);
  });

  it('shares a look with readers at the same place, and with no others', async () => {
    for (const id of ['b', 'a', 'a', 'a']) await write(id);
    const [first, second] = [readers.follow('a'), readers.follow('a')];
    const look = async (reader: Reader, after: string, limit: number) =>
      (await reader.look(after, limit)).map(({ version }) => version);
    const looks = [look(first, '0', 2), look(second, '0', 2), look(second, '0', 1), look(second, '1', 2)];
    expect(await Promise.all(looks)).toEqual([[1, 2], [1, 2], [1], [2, 3]]);
    expect(store.looks).toHaveLength(3);
    await look(first, '0', 2);
    expect(store.looks).toHaveLength(4);
  });

  it('shares another look, until there is news or the result', async () => {
    const [first, second] = [readers.follow('a'), readers.follow('a')];
    const answers: ((answer: number) => void)[] = [];
    const look = () => new Promise<number>((resolve) => answers.push(resolve));
    const before = [first.together('what', look), second.together('what', look)];
    await write('a');
    const after = [first.together('what', look), second.together('other', look)];
    answers[0]?.(0);
    expect(await Promise.all(before)).toEqual([0, 0]);
    // The result of an old look ends no newer one.
    const joined = second.together('what', look);
    answers[1]?.(1);
    answers[2]?.(2);
    expect(await Promise.all([...after, joined])).toEqual([1, 2, 1]);
    await expect(first.together('what', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await first.together('what', async () => 3)).toBe(3);
  });

  it('is woken when it is unknown which documents have news', async () => {
    let tell: (news: undefined) => void = () => {};
    const onEvents = (listener: typeof tell) => {
      tell = listener;
      return () => {};
    };
    const blind = { events: async () => [], onEvents };
    const reader = new Readers(blind).follow('a');
    const waiting = reader.wait(left.signal);
    tell(undefined);
    await waiting;
  });
});
