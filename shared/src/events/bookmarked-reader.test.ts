import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, pass, stopTime } from '../../test/stopped-time.ts';
import { MemoryStore } from '../store/memory.ts';
import { createLogger } from '../telemetry/logger.ts';
import { realWorld } from '../world.ts';
import { BookmarkedReader, type Step } from './bookmarked-reader.ts';

let store: MemoryStore<unknown>;
let readers: BookmarkedReader[];
beforeEach(() => {
  store = new MemoryStore(realWorld);
  readers = [];
});
afterEach(async () => {
  for (const reader of readers) await reader.stop();
  letTimeRun();
});

function read(step: Step) {
  const log = createLogger('reader', 'silent');
  const logged = { warn: jest.spyOn(log, 'warn'), info: jest.spyOn(log, 'info') };
  const reader = new BookmarkedReader('numbers', step, { store, world: realWorld, log });
  readers.push(reader);
  reader.start();
  return { reader, logged };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });

describe('a reader with a bookmark', () => {
  it('takes one step after the other, and keeps its place', async () => {
    const places: string[] = [];
    const { reader } = read(async (place, signal) => {
      places.push(place);
      if (place === '3') await aborted(signal);
      return place === '3' ? place : String(Number(place) + 1);
    });
    await until(() => places.includes('3'));
    expect(places).toEqual(['', '1', '2', '3']);
    await reader.stop();
    expect(await store.bookmarks.look('numbers')).toBe('3');
  });

  it('releases the bookmark when it stops, so that no other replica has to wait for its lease', async () => {
    const { reader } = read(async (place, signal) => {
      await aborted(signal);
      return place;
    });
    const later = Date.now() + 9_000;
    await until(async () => (await store.bookmarks.take('numbers', 'other', later, later)) === undefined);
    await reader.stop();
    expect(await store.bookmarks.take('numbers', 'other', Date.now(), later)).toBe('');
  });

  it('lets another replica try when its step fails, and stands by while that one reads', async () => {
    const trouble = read(async () => {
      throw new Error('no way out');
    });
    await until(() => trouble.logged.warn.mock.calls.length > 0);
    let luck = false;
    read(async (place, signal) => {
      luck = true;
      await aborted(signal);
      return place;
    });
    await until(() => luck);
    await until(() => trouble.logged.info.mock.calls.length > 0);
    expect(trouble.logged.warn).toHaveBeenCalledTimes(1);
    expect(trouble.logged.info.mock.calls).toEqual([
      ['reading events is left to another replica', { reader: 'numbers' }],
    ]);
  });

  it('goes on when its store answers again', async () => {
    const { take } = store.bookmarks;
    let failures = 0;
    store.bookmarks.take = async () => {
      failures++;
      throw new Error('unreachable');
    };
    let steps = 0;
    const { logged } = read(async (place, signal) => {
      steps++;
      await aborted(signal);
      return place;
    });
    await until(() => failures === 3);
    store.bookmarks.take = take;
    await until(() => steps === 1);
    expect(logged.warn).toHaveBeenCalledTimes(1);
  });

  it('stops without waiting for its backoff to end', async () => {
    stopTime();
    const { reader, logged } = read(async () => {
      throw new Error('no way out');
    });
    await until(() => logged.warn.mock.calls.length > 0);
    await reader.stop();
    expect(logged.warn).toHaveBeenCalledTimes(1);
  });

  it('renews the bookmark during a step that takes longer than its lease', async () => {
    stopTime();
    let release = () => {};
    read(async (place, signal) => {
      if (place === '') await new Promise<void>((resolve) => (release = resolve));
      else await aborted(signal);
      return '1';
    });
    await pass(30_000);
    const now = Date.now();
    expect(await store.bookmarks.take('numbers', 'other', now, now + 1)).toBeUndefined();
    release();
    await pass(0);
    expect(await store.bookmarks.look('numbers')).toBe('1');
  });

  it('moves the bookmark only forward, even when a write takes longer than the next step', async () => {
    jest.useFakeTimers();
    try {
      const { move } = store.bookmarks;
      const kept: (() => void)[] = [];
      store.bookmarks.move = async (...where) => {
        await new Promise<void>((resolve) => kept.push(resolve));
        return move.apply(store.bookmarks, where);
      };
      let release = () => {};
      read(async (place, signal) => {
        if (place === '') await new Promise<void>((resolve) => (release = resolve));
        else await aborted(signal);
        return '1';
      });
      await jest.advanceTimersByTimeAsync(4_000);
      release();
      await jest.advanceTimersByTimeAsync(0);
      for (let keep = kept.pop(); keep; keep = kept.pop()) {
        keep();
        await jest.advanceTimersByTimeAsync(0);
      }
      expect(await store.bookmarks.look('numbers')).toBe('1');
      store.bookmarks.move = move;
      await Promise.all(readers.map((reader) => reader.stop()));
    } finally {
      jest.useRealTimers();
    }
  });

  it('aborts its step when it has lost the bookmark', async () => {
    stopTime();
    let told = false;
    read(async (place, signal) => {
      await aborted(signal);
      told = true;
      return place;
    });
    await pass(0);
    const later = Date.now() + 60_000;
    await store.bookmarks.take('numbers', 'other', later, later + 60_000);
    await pass(4_000);
    expect(told).toBe(true);
  });
});
