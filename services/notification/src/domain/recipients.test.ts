import { describe, expect, it } from '@jest/globals';
import { type Recipients, withAddress } from './recipients.ts';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;
const MOST = 2;
const reach = (known: Recipients | undefined, email: string, now = NOW) => withAddress(known, 'C1', email, now, MOST);
const one = reach(undefined, 'a@x.example');
const two = reach(one, 'b@x.example');

describe('a customer', () => {
  it('has notifications sent to a limited number of addresses', () => {
    expect(two?.addresses.map(({ address }) => address)).toEqual(['a@x.example', 'b@x.example']);
    expect(reach(two, 'c@x.example')).toBeUndefined();
  });

  it('reaches a known address again, however it is written, without a change', () => {
    expect(reach(two, 'A@x.example')).toBe(two);
  });

  it('reaches another a day later', () => {
    expect(reach(two, 'c@x.example', NOW + DAY_MS - 1)).toBeUndefined();
    expect(reach(two, 'c@x.example', NOW + DAY_MS)?.addresses).toHaveLength(1);
  });

  it('is not limited for longer because a clock was ahead', () => {
    const ahead = reach(reach(undefined, 'a@x.example', NOW + 9 * DAY_MS), 'b@x.example', NOW + 9 * DAY_MS);
    expect(reach(ahead, 'c@x.example')).toBeDefined();
  });
});
