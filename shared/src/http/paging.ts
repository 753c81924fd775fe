import type { Request } from 'express';
import type { Answer, Page } from '../store/store.ts';
import { reply } from './answer.ts';
import { invalid } from './request.ts';

/** The id that a cursor stands for. */
export function after({ cursor }: { cursor?: string | undefined }): string | undefined {
  if (cursor === undefined) return undefined;
  const id = Buffer.from(cursor, 'base64url').toString();
  if (!/^[A-Za-z0-9_.:/-]{1,100}$/.test(id))
    throw invalid([{ path: 'cursor', message: 'must be a cursor from an earlier answer' }]);
  return id;
}

/** A page of documents, with the way to the next one. */
export function pageReply<D>(req: Request, { items, next }: Page<D>, render: (data: D) => unknown): Answer {
  const nextCursor = next === null ? null : Buffer.from(next).toString('base64url');
  return reply(200, { items: items.map(({ data }) => render(data)), nextCursor }, linkTo(req, 'cursor', nextCursor));
}

/** The way to the next page, for whom headers show it. */
export function linkTo(req: Request, name: string, value: string | number | null): Record<string, string> {
  if (value === null) return {};
  const url = new URL(req.originalUrl, 'http://any');
  url.searchParams.set(name, String(value));
  return { Link: `<${url.pathname}${url.search}>; rel="next"` };
}
