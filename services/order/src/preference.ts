/** RFC 7240: how long a client wants to wait for the end of what it asked for. */
export interface Preference {
  waitMs: number;
  /** Said back in Preference-Applied. */
  applied?: string;
}

const LONGEST_WAIT_S = 60;

export function preferenceOf(header: string | undefined, usualMs: number): Preference {
  const wishes = (header ?? '').split(',').map((wish) => wish.trim().toLowerCase());
  const seconds = wishes
    .map((wish) => /^wait\s*=\s*"?(\d{1,4})"?$/.exec(wish)?.[1])
    .find((match) => match !== undefined);
  const isAsync = wishes.includes('respond-async');
  if (seconds === undefined) return isAsync ? { waitMs: 0, applied: 'respond-async' } : { waitMs: usualMs };
  const wait = Math.min(Number(seconds), LONGEST_WAIT_S);
  return { waitMs: wait * 1000, applied: isAsync ? `respond-async, wait=${wait}` : `wait=${wait}` };
}
