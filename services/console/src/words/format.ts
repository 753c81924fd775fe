import { decimalsOf } from './currencies.ts';

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const currencies = new Map<string, (amount: number) => string>();

export const number = (value: number): string => numbers.format(value);

/** A number per second. Large ones are shown without decimals. */
export const rate = (perSecond: number): string => number(perSecond < 10 ? perSecond : Math.round(perSecond));

/** With all decimals of the currency. Old orders may have more of them, which are shown, too. */
export function money(amount: number, currency: string): string {
  const known = currencies.get(currency);
  if (known) return known(amount);
  const digits = { minimumFractionDigits: decimalsOf(currency), maximumFractionDigits: 4 };
  const { format } = new Intl.NumberFormat('en', { style: 'currency', currency, ...digits });
  currencies.set(currency, format);
  return format(amount);
}

export function time(iso: string): string {
  const at = new Date(iso);
  const today = new Date().toDateString() === at.toDateString();
  return today ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`;
}

/** The last part of an id: the first one is the same for all orders of a day. */
export const shortId = (id: string): string => (id.length > 13 ? `…${id.slice(-8)}` : id);
