import type { Response } from 'express';
import type { Lifecycle } from '../service/lifecycle.ts';
import type { Answer } from '../store/store.ts';
import { isKnown } from './conditions.ts';

/** An answer that can be sent; its body is binary where it need not be remembered. */
export type Sendable = Omit<Answer, 'body'> & { body: string | Uint8Array; replayed?: boolean };

export function send(lifecycle: Lifecycle, res: Response, answer: Sendable): void {
  if (res.locals.drops) return void res.destroy();
  if (res.headersSent) return void res.end();
  const { method, headers } = res.req;
  if (
    answer.status === 200 &&
    (method === 'GET' || method === 'HEAD') &&
    isKnown(headers['if-none-match'], answer.headers.ETag)
  ) {
    answer = { status: 304, headers: { ETag: answer.headers.ETag as string }, body: '' };
  }
  for (const name in answer.headers) res.setHeader(name, answer.headers[name] as string);
  if (answer.replayed) res.setHeader('Idempotent-Replayed', 'true');
  if (lifecycle.state === 'draining') res.setHeader('Connection', 'close');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  if (answer.status !== 304) res.setHeader('Content-Length', Buffer.byteLength(answer.body));
  res.statusCode = answer.status;
  res.end(answer.body);
}
