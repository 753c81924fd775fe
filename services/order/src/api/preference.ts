import { preferencesIn, waitOf } from '@oms/shared/http/preference';

/** RFC 7240: how long a client prefers to wait for the end of its request. */
export interface Preference {
  waitMs: number;
  /** The header Preference-Applied of the answer. */
  applied?: string;
}

const LONGEST_WAIT_S = 60;

export function preferenceOf(header: string | undefined, usualMs: number): Preference {
  const preferences = preferencesIn(header);
  const wait = waitOf(preferences, LONGEST_WAIT_S);
  const isAsync = preferences.includes('respond-async');
  if (wait === undefined) return isAsync ? { waitMs: 0, applied: 'respond-async' } : { waitMs: usualMs };
  return { waitMs: wait * 1000, applied: isAsync ? `respond-async, wait=${wait}` : `wait=${wait}` };
}

/** The preference of a request; the answer says which part of it was applied. */
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
