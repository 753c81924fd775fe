import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Addresses } from './addresses.ts';

const PROBED_EVERY_MS = 500;

let ready: Set<string>;
let probed: string[];
let addresses: Addresses;

function balance(...origins: string[]): Addresses {
  ready = new Set();
  probed = [];
  addresses = new Addresses(origins, async (origin) => {
    probed.push(origin);
    if (origin === 'gone') throw new Error('nobody answers');
    return ready.has(origin);
  });
  return addresses;
}
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  addresses.close();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

const takeTimes = (times: number) => Array.from({ length: times }, () => addresses.take());
const isOut = (...origins: string[]) => origins.map((origin) => addresses.isOut(origin));
const probe = () => jest.advanceTimersByTimeAsync(PROBED_EVERY_MS);

describe('two addresses', () => {
  it('are those of the settings', () => {
    expect(balance('a', 'b').origins).toEqual(['a', 'b']);
  });

  it('take turns, whether calls are over or not', () => {
    balance('a', 'b');
    expect(takeTimes(4)).toEqual(['a', 'b', 'a', 'b']);
    for (const origin of ['a', 'b', 'a', 'b']) addresses.release(origin);
    const oneByOne = Array.from({ length: 4 }, () => {
      const origin = addresses.take() as string;
      addresses.release(origin);
      return origin;
    });
    expect(oneByOne).toEqual(['a', 'b', 'a', 'b']);
  });

  it('the one with fewer calls under way gets the next', () => {
    balance('a', 'b');
    takeTimes(4);
    addresses.release('b');
    addresses.release('b');
    expect(takeTimes(2)).toEqual(['b', 'b']);
  });

  it('one that was tried is not given again, and when all were there is none', () => {
    balance('a', 'b');
    expect(addresses.take(['a'])).toBe('b');
    expect(addresses.take(['a', 'b'])).toBeUndefined();
  });
});

describe('an address at which a call failed', () => {
  beforeEach(() => {
    balance('a', 'b');
    addresses.failed('a');
  });

  it('is left out, and the other is not', () => {
    expect(isOut('a', 'b')).toEqual([true, false]);
    expect(takeTimes(3)).toEqual(['b', 'b', 'b']);
  });

  it('is the only one probed, every half second, and is back when it is ready', async () => {
    await jest.advanceTimersByTimeAsync(PROBED_EVERY_MS - 1);
    expect(probed).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await probe();
    expect([probed, isOut('a')]).toEqual([['a', 'a'], [true]]);
    ready.add('a');
    await probe();
    expect([probed, isOut('a'), takeTimes(1)]).toEqual([['a', 'a', 'a'], [false], ['a']]);
  });

  it('is not probed once it is back, and again after its next failure', async () => {
    ready.add('a');
    await probe();
    expect([probed, jest.getTimerCount()]).toEqual([['a'], 0]);
    addresses.failed('a');
    await probe();
    expect([probed, isOut('a')]).toEqual([['a', 'a'], [false]]);
  });

  it('is used when the other failed, too; both are probed until both are back', async () => {
    addresses.failed('b');
    expect([takeTimes(2).sort(), jest.getTimerCount()]).toEqual([['a', 'b'], 1]);
    ready.add('b');
    await probe();
    expect([probed, isOut('a', 'b')]).toEqual([
      ['a', 'b'],
      [true, false],
    ]);
    ready.add('a');
    await probe();
    expect(isOut('a', 'b')).toEqual([false, false]);
  });
});

it('an address that does not answer its probe is not ready', async () => {
  balance('gone', 'b');
  addresses.failed('gone');
  await probe();
  expect([probed, isOut('gone')]).toEqual([['gone'], [true]]);
});

it('a single address is never left out', () => {
  balance('a');
  addresses.failed('a');
  expect([addresses.isOut('a'), addresses.take(), jest.getTimerCount()]).toEqual([false, 'a', 0]);
});

describe('an address that answers', () => {
  const answer = async (...statuses: number[]) => {
    for (const status of statuses) addresses.answered('a', status);
    await jest.advanceTimersByTimeAsync(0);
  };
  beforeEach(() => {
    balance('a', 'b');
  });

  it('with five failures in a row is probed, and left out when it is not ready', async () => {
    await answer(500, 503, 599, 500);
    expect(probed).toEqual([]);
    await answer(500);
    expect([probed, isOut('a', 'b')]).toEqual([['a'], [true, false]]);
  });

  it('with five failures stays when it says that it is ready, and is probed after five more', async () => {
    ready.add('a');
    await answer(500, 500, 500, 500, 500, 500, 500, 500, 500);
    expect([probed, isOut('a')]).toEqual([['a'], [false]]);
    await answer(500);
    expect(probed).toEqual(['a', 'a']);
  });

  it.each([200, 404, 499])('in between with %i begins a new count', async (status) => {
    await answer(500, 500, 500, 500, status, 500, 500, 500, 500);
    expect(probed).toEqual([]);
  });

  it('without failures is never probed', async () => {
    await answer(...Array.from({ length: 10 }, () => 200));
    expect(probed).toEqual([]);
  });
});
