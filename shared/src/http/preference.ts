/** RFC 7240: what a client would like, one wish at a time. */
export const wishesOf = (header = ''): string[] => header.split(',').map((wish) => wish.trim().toLowerCase());

/** How many seconds a client wants to wait, up to a limit; undefined: it does not say. */
export function waitOf(wishes: readonly string[], longestSeconds: number): number | undefined {
  const seconds = wishes
    .map((wish) => /^wait\s*=\s*"?(\d{1,4})"?$/.exec(wish)?.[1])
    .find((match) => match !== undefined);
  return seconds === undefined ? undefined : Math.min(Number(seconds), longestSeconds);
}
