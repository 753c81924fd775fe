import type { Notification, OrderStatus } from '@oms/client';
import type { LiveService } from '@oms/shared/contracts/gateway';

export type Tone = 'ok' | 'bad' | 'warn' | 'busy' | 'plain';
type Words<Status extends string> = Record<Status, readonly [tone: Tone, text: string]>;

export const ORDER: Words<OrderStatus> = {
  PENDING: ['busy', 'Pending'],
  AWAITING_CONFIRMATION: ['warn', 'Awaits you'],
  CONFIRMED: ['ok', 'Confirmed'],
  PROCESSING: ['busy', 'Processing'],
  PARTIALLY_SHIPPED: ['busy', 'Partly shipped'],
  SHIPPED: ['ok', 'Shipped'],
  DELIVERED: ['ok', 'Delivered'],
  PARTIALLY_RETURNED: ['plain', 'Partly returned'],
  REJECTED: ['bad', 'Rejected'],
  CANCELLING: ['busy', 'Cancelling'],
  CANCELLED: ['plain', 'Cancelled'],
  RETURNED: ['plain', 'Returned'],
};

export const MESSAGE: Words<Notification['status']> = {
  SENT: ['ok', 'Sent'],
  PENDING: ['busy', 'Pending'],
  DEAD: ['bad', 'Given up'],
  WITHHELD: ['plain', 'Withheld'],
};

export const SAGA: Words<'running' | 'done' | 'undone' | 'none'> = {
  running: ['busy', 'Running'],
  done: ['ok', 'Done'],
  undone: ['warn', 'Undone'],
  none: ['plain', ''],
};

export const SERVICE: Words<LiveService['status']> = {
  UP: ['ok', 'Up'],
  DEGRADED: ['warn', 'Degraded'],
  DOWN: ['bad', 'Down'],
};

export const BREAKER: Words<LiveService['breakers'][string]> = {
  CLOSED: ['ok', 'closed'],
  OPEN: ['bad', 'open'],
  HALF_OPEN: ['warn', 'half-open'],
};

export const CONNECTION: Words<'connecting' | 'live' | 'reconnecting' | 'refused'> = {
  connecting: ['busy', 'Connecting'],
  live: ['ok', 'Live'],
  reconnecting: ['warn', 'Reconnecting'],
  refused: ['plain', 'Not live'],
};

/** A status or code of the API as text: OUT_OF_STOCK is "Out of stock". */
export const statusText = (status: string): string =>
  status.charAt(0).toUpperCase() + status.slice(1).toLowerCase().replaceAll('_', ' ');

/** The tone for the outcome of a request that placed an order: a status, or the code of a refusal. */
export function outcomeTone(outcome: string): Tone {
  if (outcome === 'CONFIRMED' || outcome === 'AWAITING_CONFIRMATION') return 'ok';
  return outcome === 'PENDING' ? 'busy' : 'bad';
}
