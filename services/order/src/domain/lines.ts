import { Refusal } from '@oms/shared/errors';
import { lineIdAt } from './shares.ts';

/** How much of a line was shipped, cancelled and sent back. What is neither shipped nor cancelled is open. */
export interface LineState {
  fulfilled: number;
  cancelled: number;
  returned: number;
  /** How many of those returned did not go back to stock. */
  lost?: number;
}

export interface Line extends LineState {
  lineId: string;
  productId: string;
  quantity: number;
}

/** Some pieces of a line. */
export interface Part {
  lineId: string;
  productId: string;
  quantity: number;
}

/** Lines as requests name them. */
export type Wanted = readonly { lineId?: string | undefined; productId?: string | undefined; quantity: number }[];

const UNTOUCHED: LineState = { fulfilled: 0, cancelled: 0, returned: 0 };

export const linesOf = (
  items: readonly { productId: string; quantity: number }[],
  states: readonly LineState[] | undefined,
): Line[] =>
  items.map(({ productId, quantity }, i) => ({
    lineId: lineIdAt(i),
    productId,
    quantity,
    ...(states?.[i] ?? UNTOUCHED),
  }));

export const openOf = ({ quantity, fulfilled, cancelled }: Line): number => quantity - fulfilled - cancelled;
/** What can still be sent back. */
export const keptOf = ({ fulfilled, returned }: Line): number => fulfilled - returned;

export const isOpen = (lines: readonly Line[]): boolean => lines.some((line) => openOf(line) > 0);
export const isAllBack = (lines: readonly Line[]): boolean => lines.every((line) => keptOf(line) === 0);

/** The pieces that a request means: those it names, or everything that is left. */
export function choose(lines: readonly Line[], wanted: Wanted | undefined, leftOf: (line: Line) => number): Part[] {
  if (!wanted) {
    return lines.flatMap((line) => {
      const quantity = leftOf(line);
      return quantity > 0 ? [partOf(line, quantity)] : [];
    });
  }
  const chosen = new Map<Line, number>();
  wanted.forEach((one, i) => {
    const line = lineNamed(lines, one, i);
    chosen.set(line, (chosen.get(line) ?? 0) + one.quantity);
  });
  for (const [line, quantity] of chosen) {
    const most = leftOf(line);
    if (quantity > most) throw tooHigh(line, most);
  }
  return lines.flatMap((line) => (chosen.has(line) ? [partOf(line, chosen.get(line) as number)] : []));
}

/** The states of all lines after a change of some of their pieces. */
export const counted = (lines: readonly Line[], parts: readonly Part[], field: keyof LineState): LineState[] =>
  lines.map(({ lineId, fulfilled, cancelled, returned, lost }) => {
    const added = parts.find((part) => part.lineId === lineId)?.quantity ?? 0;
    const state: LineState = { fulfilled, cancelled, returned, ...(lost === undefined ? {} : { lost }) };
    return added === 0 ? state : { ...state, [field]: (state[field] ?? 0) + added };
  });

const partOf = ({ lineId, productId }: Line, quantity: number): Part => ({ lineId, productId, quantity });

function lineNamed(lines: readonly Line[], { lineId, productId }: Wanted[number], i: number): Line {
  const fitting = lines.filter((line) =>
    lineId === undefined ? line.productId === productId : line.lineId === lineId,
  );
  if (fitting.length === 1 && (productId === undefined || fitting[0]?.productId === productId))
    return fitting[0] as Line;
  const name = lineId === undefined ? `product ${productId}` : `line ${lineId}`;
  const message = fitting.length > 1 ? `${name} is in several lines: give the lineId` : `the order has no ${name}`;
  const path = `items.${i}.${lineId === undefined ? 'productId' : 'lineId'}`;
  throw new Refusal(400, 'VALIDATION_FAILED', `${path}: ${message}`, { errors: [{ path, message }] });
}

const tooHigh = ({ lineId, productId }: Line, most: number): Refusal =>
  new Refusal(409, 'QUANTITY_TOO_HIGH', `Of line ${lineId} (${productId}) only ${most} are left.`, {
    lineId,
    productId,
    most,
  });
