import { beforeEach, describe, expect, it } from '@jest/globals';
import { Quarantine } from './quarantine.ts';

let quarantine: Quarantine;
beforeEach(() => {
  quarantine = new Quarantine();
});

const POLL = 1_000;
/** For how many more polls it is held. */
const pauseOf = (id: string) => {
  let polls = 0;
  while (quarantine.holds(id, POLL + polls)) polls += 1;
  return polls;
};

describe('a document', () => {
  it('that never failed is not held', () => {
    expect(pauseOf('sound')).toBe(0);
  });

  it('is held for twice as long after each failure, up to sixty polls, and anew once it is released', () => {
    const failing = () => {
      quarantine.add('poison', POLL);
      return pauseOf('poison');
    };
    expect(Array.from({ length: 8 }, failing)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    quarantine.release('poison');
    expect([quarantine.size, pauseOf('poison'), failing()]).toEqual([0, 0, 1]);
  });

  it('that is not due for sixty polls after its pause is forgotten, and no other', () => {
    quarantine.add('first', 0);
    quarantine.add('later', 1);
    quarantine.releaseForgotten(60);
    expect(quarantine.size).toBe(2);
    quarantine.releaseForgotten(61);
    expect(quarantine.size).toBe(1);
    expect(quarantine.holds('later', 1)).toBe(true);
  });
});

it('at most ten thousand are remembered: the one that failed longest ago goes first', () => {
  for (let i = 0; i < 9_999; i++) quarantine.add(`poison${i}`, POLL);
  expect(quarantine.isFull).toBe(false);
  quarantine.add('last', POLL);
  expect(quarantine.isFull).toBe(true);
  quarantine.add('poison0', POLL);
  quarantine.add('one more', POLL);
  expect(quarantine.size).toBe(10_000);
  expect(['poison0', 'poison1', 'poison2', 'one more'].map(pauseOf)).toEqual([2, 0, 1, 1]);
});
