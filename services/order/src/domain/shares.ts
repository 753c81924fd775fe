/**
 * What belongs to which part of an order, in minor units. It depends on the lines and charges alone, and never on what was
 * shipped, cancelled or returned before: so all parts together are exactly the total, in whatever sequence they come.
 */

export type ChargeKind = 'SHIPPING' | 'TAX' | 'FEE' | 'DISCOUNT';

export interface Charge {
  kind: ChargeKind;
  label?: string | undefined;
  /** Of a discount, negative. */
  cents: number;
  /** The line that it belongs to; absent: the whole order. */
  lineId?: string | undefined;
}

interface Priced {
  quantity: number;
  priceCents?: number | undefined;
}

export interface Shares {
  /** What each line costs, with its own charges and its share of those of the whole order. */
  lines: readonly number[];
  /** What goes with the first parcel: shipping costs of the whole order. */
  shipping: number;
}

/** Lines are numbered from 1, in the order given. */
export const lineIdAt = (index: number): string => String(index + 1);

export function sharesOf(items: readonly Priced[], charges: readonly Charge[]): Shares {
  const own = items.map(({ quantity, priceCents = 0 }, i) => {
    const ofLine = charges.filter(({ lineId }) => lineId === lineIdAt(i));
    return quantity * priceCents + sumOf(ofLine);
  });
  const ofOrder = charges.filter(({ lineId }) => lineId === undefined);
  const carriage = sumOf(ofOrder.filter(({ kind }) => kind === 'SHIPPING'));
  const rest = sumOf(ofOrder.filter(({ kind }) => kind !== 'SHIPPING'));
  // No line costs less than nothing: what of a discount is more than all lines together lowers the shipping costs.
  const goods = own.reduce((sum, cents) => sum + cents, 0);
  const spread = Math.max(rest, -goods);
  const weights = goods > 0 ? own : items.map(({ quantity }) => quantity);
  const parts = divide(spread, weights);
  return { lines: own.map((cents, i) => cents + (parts[i] as number)), shipping: carriage + rest - spread };
}

const sumOf = (charges: readonly Charge[]): number => charges.reduce((sum, { cents }) => sum + cents, 0);

/** Divides in proportion to the weights, by largest remainder: the parts add up, and each is its quotient, rounded up or down. */
export function divide(cents: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  const size = BigInt(Math.abs(cents));
  const quotas = weights.map((weight) => size * BigInt(weight));
  const parts = quotas.map((quota) => Number(quota / all));
  const left = Math.abs(cents) - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = quotas.map((quota, i) => ({ i, remainder: quota % all }));
  byRemainder.sort((a, b) => (a.remainder === b.remainder ? a.i - b.i : a.remainder < b.remainder ? 1 : -1));
  for (const { i } of byRemainder.slice(0, left)) parts[i] = (parts[i] as number) + 1;
  return cents < 0 ? parts.map((part) => 0 - part) : parts;
}

/** What the first pieces of a line cost. The cents that cannot be divided are spread evenly over its pieces. */
export function costOfFirst(pieces: number, quantity: number, lineCents: number): number {
  const each = Math.floor(lineCents / quantity);
  const rest = lineCents - each * quantity;
  return each * pieces + Math.floor((rest * pieces) / quantity);
}
