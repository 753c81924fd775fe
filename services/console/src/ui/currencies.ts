import * as iso4217 from 'dinero.js/currencies';

/** As the services count them. Browsers know currencies too, but follow usage where it differs from ISO 4217. */
const DECIMALS = new Map(
  Object.values(iso4217).map(({ code, base, exponent }) => [code as string, base === 10 ? exponent : 2]),
);

export const CURRENCIES = [...DECIMALS.keys()].sort();
export const decimalsOf = (currency: string): number => DECIMALS.get(currency) ?? 2;
