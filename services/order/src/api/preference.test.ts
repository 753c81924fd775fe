import { describe, expect, it } from '@jest/globals';
import { preferenceOf } from './preference.ts';

const USUAL_MS = 10_000;

describe('how long a client wants to wait', () => {
  it.each([
    ['respond-async', 0, 'respond-async'],
    ['Respond-Async', 0, 'respond-async'],
    ['wait=5, respond-async', 5_000, 'respond-async, wait=5'],
    ['wait=0', 0, 'wait=0'],
    ['wait=5', 5_000, 'wait=5'],
    [' wait = "7" ', 7_000, 'wait=7'],
    ['return=minimal, wait=5', 5_000, 'wait=5'],
    ['wait=3, wait=5', 3_000, 'wait=3'],
  ])('%s', (header, waitMs, applied) => {
    expect(preferenceOf(header, USUAL_MS)).toEqual({ waitMs, applied });
  });

  it('has a limit, and is told so', () => {
    expect(preferenceOf('wait=9999', USUAL_MS)).toEqual({ waitMs: 60_000, applied: 'wait=60' });
  });

  it.each([undefined, '', 'return=minimal', 'wait', 'wait=', 'wait=-1', 'wait=soon', 'wait=99999'])(
    'is not said by %s',
    (header) => {
      expect(preferenceOf(header, USUAL_MS)).toEqual({ waitMs: USUAL_MS });
    },
  );
});
