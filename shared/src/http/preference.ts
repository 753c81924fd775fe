/** The preferences in a header Prefer (RFC 7240). */
export const preferencesIn = (header = ''): string[] => header.split(',').map((one) => one.trim().toLowerCase());

/** The seconds that a client prefers to wait, up to a limit; undefined: it has no such preference. */
export function waitOf(preferences: readonly string[], longestSeconds: number): number | undefined {
  const seconds = preferences
    .map((one) => /^wait\s*=\s*"?(\d{1,4})"?$/.exec(one)?.[1])
    .find((match) => match !== undefined);
  return seconds === undefined ? undefined : Math.min(Number(seconds), longestSeconds);
}
