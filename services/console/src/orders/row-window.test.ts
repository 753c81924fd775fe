import { describe, expect, it } from '@jest/globals';
import { windowOf } from './row-window.ts';

describe('the rows that are drawn', () => {
  it.each([
    [0, 0],
    [5, 0],
    [10_000, 0],
    [10_000, 44 * 5_000],
    [10_000, 44 * 9_990],
    [10, 44 * 9_990],
  ])(
    'of %i, scrolled by %i px, cover the visible part, and the space around them has the height of the rest',
    (count, scrollTop) => {
      const { first, end, before, after } = windowOf(count, 44, scrollTop, 600);
      expect(before + (end - first) * 44 + after).toBe(count * 44);
      expect(end - first).toBeLessThanOrEqual(600 / 44 + 22);
      if (scrollTop < count * 44) {
        expect(first * 44).toBeLessThanOrEqual(scrollTop);
        expect(end * 44).toBeGreaterThanOrEqual(Math.min(count * 44, scrollTop + 600));
      }
    },
  );
});
