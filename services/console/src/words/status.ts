import type { Connection } from '../data/follow.ts';

export type Tone = 'ok' | 'bad' | 'warn' | 'busy' | 'plain';
type Words<S extends string> = Record<S, readonly [tone: Tone, text: string]>;

/** A status or code of the API as text: OUT_OF_STOCK is "Out of stock". */
export const statusText = (status: string): string =>
  status.charAt(0).toUpperCase() + status.slice(1).toLowerCase().replaceAll('_', ' ');

const words = <S extends string>(tones: Record<S, Tone>, texts: Partial<Record<S, string>> = {}): Words<S> =>
  Object.fromEntries(
    Object.entries<Tone>(tones).map(([status, tone]) => [status, [tone, texts[status as S] ?? statusText(status)]]),
  ) as unknown as Words<S>;

export const ORDER = words(
  {
    PENDING: 'busy',
    AWAITING_CONFIRMATION: 'warn',
    CONFIRMED: 'ok',
    PROCESSING: 'busy',
    SHIPPED: 'ok',
    DELIVERED: 'ok',
    REJECTED: 'bad',
    CANCELLING: 'busy',
    CANCELLED: 'plain',
    RETURNED: 'plain',
  },
  { AWAITING_CONFIRMATION: 'Awaits you' },
);

export const MESSAGE = words({ SENT: 'ok', PENDING: 'busy', DEAD: 'bad', WITHHELD: 'plain' }, { DEAD: 'Given up' });

export const SAGA = words({ running: 'busy', done: 'ok', undone: 'warn', none: 'plain' }, { none: '' });

export const SERVICE = words({ UP: 'ok', DEGRADED: 'warn', DOWN: 'bad' });

export const BREAKER = words(
  { CLOSED: 'ok', OPEN: 'bad', HALF_OPEN: 'warn' },
  { CLOSED: 'closed', OPEN: 'open', HALF_OPEN: 'half-open' },
);

export const CONNECTION: Words<Connection> = words(
  { connecting: 'busy', live: 'ok', reconnecting: 'warn', refused: 'plain' },
  { refused: 'Not live' },
);

/** The colour for the outcome of a request that placed an order: a status, or the code of a refusal. */
export function outcomeTone(outcome: string): Tone {
  if (outcome === 'CONFIRMED' || outcome === 'AWAITING_CONFIRMATION') return 'ok';
  return outcome === 'PENDING' ? 'busy' : 'bad';
}
