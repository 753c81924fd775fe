import type { IncomingMessage } from 'node:http';
import { Refusal } from '../errors.ts';

/** More headers than anybody needs are an attempt to push other headers out. */
const MOST_HEADERS = 100;

/** The gateway adds each of these once: a request that it lets through is not refused here. */
const ADDED = new Set([
  'connection',
  'idempotency-key',
  'traceparent',
  'x-caller',
  'x-caller-email',
  'x-caller-phone',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-internal-token',
  'x-request-id',
]);

export function hasTooManyHeaders({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): boolean {
  if (rawHeaders.length <= 2 * MOST_HEADERS) return false;
  const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const added = new Set(names.filter((name) => ADDED.has(name)));
  return names.length - added.size > MOST_HEADERS;
}

export const tooManyHeaders = () =>
  new Refusal(431, 'MALFORMED_REQUEST', `A request may have ${MOST_HEADERS} headers at most.`);
