import type { Order } from '@oms/client';

/** A line of which pieces can be chosen. */
export interface Choice {
  lineId: string;
  name: string;
  most: number;
}

type Line = Order['items'][number];
export type Values = Record<string, string>;

/** The name of the field for the pieces of a line. */
export const fieldOf = (lineId: string): string => `line-${lineId}`;

/** What is neither shipped nor cancelled. */
const openOf = ({ quantity, fulfilled = 0, cancelled = 0 }: Line): number => quantity - fulfilled - cancelled;

export const openLines = ({ items }: Order): Choice[] => choicesOf(items, openOf);

/** What has arrived, or will never arrive, and was not returned yet. */
export function returnableLines({ status, items, shipments }: Order): Choice[] {
  const there = shipments.filter((parcel) => ['DELIVERED', 'RETURNED', 'CANCELLED'].includes(parcel.status));
  const parts = there.flatMap((parcel) => parcel.items);
  return choicesOf(items, ({ lineId, quantity, fulfilled = quantity, returned = 0 }) => {
    if (status === 'DELIVERED') return fulfilled - returned;
    const arrived = parts.filter((part) => part.lineId === lineId).reduce((sum, part) => sum + part.quantity, 0);
    return arrived - returned;
  });
}

function choicesOf(items: readonly Line[], leftOf: (line: Line) => number): Choice[] {
  const isTwice = (line: Line) => items.some((one) => one !== line && one.productId === line.productId);
  return items.flatMap((line) => {
    const { lineId, productId, name = productId } = line;
    const most = leftOf(line);
    return most > 0 ? [{ lineId, name: isTwice(line) ? `${name}, line ${lineId}` : name, most }] : [];
  });
}

/** The pieces that were chosen; undefined: all that is left, which needs no list. */
export function chosen(choices: readonly Choice[], values: Values) {
  const items = choices.map(({ lineId, most }) => ({ lineId, quantity: Number(values[fieldOf(lineId)] ?? most) }));
  return items.every(({ quantity }, i) => quantity === choices[i]?.most)
    ? undefined
    : items.filter(({ quantity }) => quantity > 0);
}
