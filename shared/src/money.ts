import * as iso4217 from 'dinero.js/currencies';

/**
 * Money inside is an integer number of the currency's minor units; whatever is called cents counts those, also where they
 * are fils, or whole yen. The API speaks decimals, with as many places as the currency has.
 */

export const USUAL_CURRENCY = 'USD';

/** What amounts are counted in that were stored before currencies had their own decimals. */
const USUAL_DECIMALS = 2;

/** Places by ISO 4217. Of the two currencies whose unit has five parts (MGA, MRU) ISO writes hundredths. */
const DECIMALS: ReadonlyMap<string, number> = new Map(
  Object.values(iso4217).map(({ code, base, exponent }) => [code, base === 10 ? exponent : USUAL_DECIMALS]),
);

export const CURRENCIES = [...DECIMALS.keys()].sort();

export const decimalsOf = (currency: string): number => DECIMALS.get(currency) ?? USUAL_DECIMALS;

/** A price of one piece, and the most that a hundred lines of a hundred thousand pieces come to: exact integers both. */
export const MOST_CENTS = { price: 100_000_000, total: 100 * 100_000 * 100_000_000 };

/** No currency has more places. */
export const MOST_DECIMALS = Math.max(...DECIMALS.values());

type Decimals = number | undefined;

const UNITS = Array.from({ length: MOST_DECIMALS + 1 }, (_, places) => 10 ** places);
const unit = (decimals: Decimals): number => UNITS[decimals ?? USUAL_DECIMALS] as number;

export const toCents = (amount: number, decimals: Decimals): number => Math.round(amount * unit(decimals));
export const toAmount = (cents: number, decimals: Decimals): number => cents / unit(decimals);

/** As a person reads it: `29.99 USD`, `30 JPY`. */
export const moneyText = (cents: number, currency: string, decimals: Decimals): string =>
  `${toAmount(cents, decimals).toFixed(decimals ?? USUAL_DECIMALS)} ${currency}`;

/** Whether an amount has no more places than these; what floating-point arithmetic adds to it does not count. */
export function hasDecimals(amount: number, decimals: Decimals): boolean {
  const cents = amount * unit(decimals);
  return Math.abs(cents - Math.round(cents)) <= 1e-6 + cents * Number.EPSILON;
}

/** What is wrong with an amount of this currency, in words; undefined: nothing. */
export function amountFault(amount: number, currency: string, mostCents: number): string | undefined {
  const decimals = decimalsOf(currency);
  if (!hasDecimals(amount, decimals)) return `must have at most ${decimals} decimal places in ${currency}`;
  const most = toAmount(mostCents, decimals);
  return amount > most ? `must be at most ${most} ${currency}` : undefined;
}
