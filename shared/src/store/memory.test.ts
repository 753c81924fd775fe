import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../tests/support/until.ts';
import { type Counter, describeStore } from '../../test/store-contract.ts';
import { MemoryStore } from './memory.ts';
import { REQUESTS_KEPT_MS } from './store.ts';

describeStore('in memory', async () => {
  let now = Date.parse('2026-01-31T12:00:00Z');
  const store = new MemoryStore<Counter>({ now: () => now });
  return { store, later: async (ms) => (now += ms) };
});

it('bookmarks in memory do not survive the process, and say so', () => {
  expect(new MemoryStore({ now: () => 0 }).bookmarks.last).toBe(false);
});

it('a closed store in memory informs nobody', async () => {
  const store = new MemoryStore({ now: () => 0 });
  let told = 0;
  store.onEvents(() => void told++);
  const write = () =>
    store.write(['a'], undefined, () => ({
      put: [{ id: 'a', data: {} }],
      events: [{ stream: 'a', type: 'moved', at: 0, traceId: '', data: {} }],
    }));
  await write();
  await store.close();
  await write();
  expect(told).toBe(1);
});

describe('an answer that has expired', () => {
  it('is deleted when another is remembered: memory does not fill up with expired answers', async () => {
    let now = 0;
    const store = new MemoryStore<Counter>({ now: () => now });
    const answered = async (key: string) => {
      const answer = { status: 201, headers: {}, body: key };
      await store.write([], { key, fingerprint: 'f' }, () => ({ answer }));
      return new WeakRef(answer);
    };
    const over = await answered('first');
    now = REQUESTS_KEPT_MS;
    await answered('second');

    await until(() => {
      collectGarbage();
      return over.deref() === undefined;
    });

    expect(await store.write([], { key: 'second', fingerprint: 'f' }, () => ({}))).toMatchObject({ replayed: true });
  });
});

/** A context that is made after the flag was set has the function. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
