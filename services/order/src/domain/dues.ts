import { isAllBack, isOpen, type Line, openOf } from './lines.ts';
import { costOfFirst, type Shares } from './shares.ts';

/** What the lines of an order say of its money. */
export interface Dues {
  /** What must have been captured. */
  due: number;
  /** What must have been given back of it. */
  owed: number;
}

/** Each parcel captures what is in it, the first one the shipping costs, too; each return gives back what came back. */
export function duesOf(lines: readonly Line[], shares: Shares): Dues {
  const isSent = lines.some(({ fulfilled }) => fulfilled > 0);
  const due = costOf(lines, shares, (line) => line.fulfilled) + (isSent ? shares.shipping : 0);
  return { due, owed: isOver(lines) ? due : costOf(lines, shares, (line) => line.returned) };
}

/**
 * Where the provider captures once only, the first parcel captures everything that is not cancelled by then, and what is
 * cancelled later is given back.
 */
export function duesOfOneCapture(lines: readonly Line[], shares: Shares, capturedCents: number): Dues {
  const isSent = lines.some(({ fulfilled }) => fulfilled > 0);
  const worth = worthOf(lines, shares);
  const due = isSent && capturedCents === 0 ? worth : capturedCents;
  if (!isSent) return { due, owed: 0 };
  return { due, owed: isOver(lines) ? due : due - worth + costOf(lines, shares, (line) => line.returned) };
}

/** What everything that is not cancelled costs. */
export const worthOf = (lines: readonly Line[], shares: Shares): number =>
  costOf(lines, shares, (line) => line.fulfilled + openOf(line)) + shares.shipping;

/** Nothing is open, and nothing is kept: everything is given back, the shipping costs, too. */
const isOver = (lines: readonly Line[]): boolean => !isOpen(lines) && isAllBack(lines);

const costOf = (lines: readonly Line[], { lines: cents }: Shares, piecesOf: (line: Line) => number): number =>
  lines.reduce((sum, line, i) => sum + costOfFirst(piecesOf(line), line.quantity, cents[i] as number), 0);
