import { waitOf, wishesOf } from '@oms/shared/http/preference';

/** RFC 7240: how long a client wants to wait for the end of what it asked for. */
export interface Preference {
  waitMs: number;
  /** Said back in Preference-Applied. */
  applied?: string;
}

const LONGEST_WAIT_S = 60;

export function preferenceOf(header: string | undefined, usualMs: number): Preference {
  const wishes = wishesOf(header);
  const wait = waitOf(wishes, LONGEST_WAIT_S);
  const isAsync = wishes.includes('respond-async');
  if (wait === undefined) return isAsync ? { waitMs: 0, applied: 'respond-async' } : { waitMs: usualMs };
  return { waitMs: wait * 1000, applied: isAsync ? `respond-async, wait=${wait}` : `wait=${wait}` };
}

/** What a request prefers; the answer says what is done of it. */
export function prefer(
  { headers, res }: { headers: { prefer?: string | undefined } | undefined; res: Headed },
  usualMs: number,
): Preference {
  const preference = preferenceOf(headers?.prefer, usualMs);
  if (preference.applied) res.setHeader('Preference-Applied', preference.applied);
  return preference;
}

interface Headed {
  setHeader(name: string, value: string): unknown;
}
