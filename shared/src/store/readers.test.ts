import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryStore } from './memory.ts';
import { type Reader, Readers } from './readers.ts';
import type { EventQuery, StoredEvent } from './store.ts';

/** Tells what was asked of it. */
class WatchedStore extends MemoryStore<object> {
  looks: EventQuery[] = [];
  listening = 0;

  override async events(query: EventQuery): Promise<StoredEvent[]> {
    this.looks.push(query);
    const found = await super.events(query);
    // As long as a database would take.
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

/** Follows to the end; what it has seen so far. */
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
  ])('%s look once when it has news, all together', async (_what, stream) => {
    const all = Array.from({ length: 1_000 }, () => followed(stream));
    await settled();
    store.looks = [];
    await write('a');
    await settled();
    expect(all.every((seen) => seen.length === 1)).toBe(true);
    expect(store.looks).toHaveLength(1);
  });

  it('of other documents do not even wake', async () => {
    for (let i = 0; i < 1_000; i++) followed(`idle ${i}`);
    await settled();
    store.looks = [];
    for (let i = 0; i < 50; i++) await write('a');
    await settled();
    expect(store.looks).toEqual([]);
  });

  it('listen once, and not at all when all have left', async () => {
    for (let i = 0; i < 1_000; i++) followed(`s${i % 10}`);
    await settled();
    expect(store.listening).toBe(1);
    left.abort();
    await settled();
    expect(store.listening).toBe(0);
  });
});

describe('a reader', () => {
  it('misses nothing that is written while it looks, or joins a look of somebody else', async () => {
    const [first, second] = [readers.follow('a'), readers.follow('a')];
    const looking = first.look('0', 100);
    await write('a');
    expect(await second.look('0', 100)).toHaveLength(1);
    await looking;
    await first.wait(left.signal);
    expect(await first.look('0', 100)).toHaveLength(1);
  });

  it('waits no longer than it wants to', async () => {
    const waiting = readers.follow('a').wait(left.signal);
    left.abort();
    await waiting;
  });

  it('is woken when nobody knows what has news', async () => {
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
