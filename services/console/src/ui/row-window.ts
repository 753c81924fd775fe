/** Which rows of a long list are drawn, and how much room stands for those that are not. */
export interface RowWindow {
  first: number;
  /** Behind the last. */
  end: number;
  before: number;
  after: number;
}

/** More than can be seen, so that a small step needs nothing new. */
const BEYOND = 10;

export function windowOf(count: number, rowHeight: number, scrollTop: number, height: number): RowWindow {
  const first = Math.min(Math.max(0, Math.floor(scrollTop / rowHeight) - BEYOND), count);
  const end = Math.min(count, Math.max(first, Math.ceil((scrollTop + height) / rowHeight) + BEYOND));
  return { first, end, before: first * rowHeight, after: (count - end) * rowHeight };
}
