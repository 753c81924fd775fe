export interface Pauses {
  firstPauseMs: number;
  factor: number;
  longestPauseMs: number;
}

/** How long to wait after so many attempts that failed. */
export const pauseAfter = (attempts: number, { firstPauseMs, factor, longestPauseMs }: Pauses): number =>
  Math.min(firstPauseMs * factor ** (attempts - 1), longestPauseMs);
