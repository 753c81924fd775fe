import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../tests/e2e/http.ts';
import { Addresses } from './addresses.ts';

let ready: Set<string>;
let addresses: Addresses;

function balance(...origins: string[]): Addresses {
  ready = new Set();
  addresses = new Addresses(origins, async (origin) => ready.has(origin));
  return addresses;
}
afterEach(() => addresses.close());

const takeTimes = (times: number, tried: string[] = []) => Array.from({ length: times }, () => addresses.take(tried));

describe('two addresses', () => {
  it('take turns', () => {
    balance('a', 'b');
    expect(takeTimes(4).sort()).toEqual(['a', 'a', 'b', 'b']);
  });

  it('the one with fewer calls under way gets the next', () => {
    balance('a', 'b');
    const [first] = takeTimes(1);
    const other = first === 'a' ? 'b' : 'a';
    addresses.take([first as string]);
    addresses.release(other);
    expect(addresses.take()).toBe(other);
  });

  it('the one that failed is left out until it answers again', async () => {
    balance('a', 'b');
    addresses.failed('a');
    expect(takeTimes(3)).toEqual(['b', 'b', 'b']);
    ready.add('a');
    await eventually(
      () => addresses.isOut('a'),
      (out) => !out,
    );
    expect(takeTimes(2)).toEqual(['a', 'a']);
  });

  it('both left out are better than none', () => {
    balance('a', 'b');
    addresses.failed('a');
    addresses.failed('b');
    expect(takeTimes(2).sort()).toEqual(['a', 'b']);
  });

  it('one that was tried is not given again, and when all were there is none', () => {
    balance('a', 'b');
    expect(addresses.take(['a'])).toBe('b');
    expect(addresses.take(['a', 'b'])).toBeUndefined();
  });
});

it('a lone address is never left out', () => {
  balance('a');
  addresses.failed('a');
  expect([addresses.isOut('a'), addresses.take()]).toEqual([false, 'a']);
});
