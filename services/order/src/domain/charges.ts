import type { Cart } from '@oms/shared/contracts/order';
import { Refusal } from '@oms/shared/errors';
import { decimalsOf, toCents, USUAL_CURRENCY } from '@oms/shared/money';
import { type Charge, lineIdAt } from './shares.ts';

/** What an order costs besides its lines. */

export const chargesIn = (charges: NonNullable<Cart['charges']>, decimals: number): Charge[] =>
  charges.map(({ kind, label, amount, lineId }) => {
    const cents = toCents(amount, decimals);
    return { kind, label, cents: kind === 'DISCOUNT' ? -cents : cents, lineId };
  });

interface Priced {
  quantity: number;
  priceCents?: number | undefined;
}

export const totalOf = (items: readonly Priced[], charges: readonly Charge[] = []): number =>
  items.reduce((sum, item) => sum + costOf(item), 0) + charges.reduce((sum, { cents }) => sum + cents, 0);

const costOf = ({ quantity, priceCents = 0 }: Priced): number => quantity * priceCents;

/** Neither an order nor one of its lines costs less than nothing. */
export function belowZero({ items, charges, currency = USUAL_CURRENCY }: Cart): Fault[] {
  if (!charges) return [];
  const decimals = decimalsOf(currency);
  const cents = items.map(({ quantity, price = 0 }) => ({ quantity, priceCents: toCents(price, decimals) }));
  const all = chargesIn(charges, decimals);
  const faults = cents.flatMap((item, i) => {
    const ofLine = all.filter(({ lineId }) => lineId === lineIdAt(i));
    const message = `line ${lineIdAt(i)} would cost less than nothing`;
    return totalOf([item], ofLine) < 0 ? [{ path: 'charges', message }] : [];
  });
  if (totalOf(cents, all) < 0) faults.push({ path: 'charges', message: 'the order would cost less than nothing' });
  return faults;
}

export interface Fault {
  path: string;
  message: string;
}

export function refuseBelowZero(cart: Cart): void {
  const errors = belowZero(cart);
  if (errors.length === 0) return;
  throw new Refusal(400, 'VALIDATION_FAILED', errors.map(({ message }) => message).join('; '), { errors });
}
