/** Which rows of a long list are drawn, and the height of the space before and after them. */
export interface RowWindow {
  first: number;
  /** The index after the last one. */
  end: number;
  before: number;
  after: number;
}

/** Rows that are drawn beyond the visible ones, so that scrolling a little draws nothing new. */
const BEYOND = 10;

export function windowOf(count: number, rowHeight: number, scrollTop: number, height: number): RowWindow {
  const first = Math.min(Math.max(0, Math.floor(scrollTop / rowHeight) - BEYOND), count);
  const end = Math.min(count, Math.max(first, Math.ceil((scrollTop + height) / rowHeight) + BEYOND));
  return { first, end, before: first * rowHeight, after: (count - end) * rowHeight };
}
