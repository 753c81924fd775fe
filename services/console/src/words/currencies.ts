import * as iso4217 from 'dinero.js/currencies';

/** By ISO 4217, as in the services. Browsers have currencies, too, but differ from ISO 4217 for some. */
const DECIMALS = new Map(
  Object.values(iso4217).map(({ code, base, exponent }) => [code as string, base === 10 ? exponent : 2]),
);

export const CURRENCIES = [...DECIMALS.keys()].sort();
export const decimalsOf = (currency: string): number => DECIMALS.get(currency) ?? 2;
