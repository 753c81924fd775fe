import type { Order } from '@oms/client';

type Line = Order['items'][number];
type Charge = Order['charges'][number];

/** Whether all of an order went the same way: then its status says all. */
export function isWhole({ items }: Order): boolean {
  const all = (count: (line: Line) => number | undefined) => items.every((line) => count(line) === line.quantity);
  const none = (count: (line: Line) => number | undefined) => items.every((line) => !count(line));
  const same = (count: (line: Line) => number | undefined) => all(count) || none(count);
  return same((line) => line.fulfilled) && none((line) => line.cancelled) && same((line) => line.returned);
}

/** What has become of a line: "2 shipped, 1 of them returned, 1 cancelled, 3 open". */
export function progressText({ quantity, fulfilled = 0, cancelled = 0, returned = 0 }: Line): string {
  const open = quantity - fulfilled - cancelled;
  const parts = [
    fulfilled > 0 && `${fulfilled} shipped`,
    returned > 0 && `${returned} of them returned`,
    cancelled > 0 && `${cancelled} cancelled`,
    open > 0 && `${open} open`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** Pieces with the names that their lines have in the order. */
export const piecesText = (
  pieces: readonly { productId: string; quantity: number }[],
  items: readonly Line[],
): string =>
  pieces
    .map(({ productId, quantity }) => {
      const line = items.find((one) => one.productId === productId);
      return `${quantity} × ${line?.name ?? productId}`;
    })
    .join(', ');

const CHARGES: Record<Charge['kind'], string> = {
  SHIPPING: 'Shipping',
  TAX: 'Tax',
  FEE: 'Fee',
  DISCOUNT: 'Discount',
};

export function chargeText({ kind, label, lineId }: Charge, items: readonly Line[]): string {
  const line = items.find((one) => one.lineId === lineId);
  const what = label ? `${CHARGES[kind]} (${label})` : CHARGES[kind];
  return line ? `${what} on ${line.name ?? line.productId}` : what;
}

export const GIVEN_BACK = { refund: 'Refund', return: 'Return', cancellation: 'Cancellation' } as const;

/** Who did it: "operator eve". */
export const whoText = (by: string): string => by.replace(':', ' ');
