import type { Request } from 'express';
import { invalid } from './request.ts';

/** The id in a cursor. */
export function after({ cursor }: { cursor?: string | undefined }): string | undefined {
  if (cursor === undefined) return undefined;
  const id = Buffer.from(cursor, 'base64url').toString();
  if (!/^[A-Za-z0-9_.:/#-]{1,100}$/.test(id))
    throw invalid([{ path: 'cursor', message: 'must be a cursor from an earlier answer' }]);
  return id;
}

/** The Link header that leads to the next page, if there is one. */
export function linkTo(req: Request, name: string, value: string | number | null): Record<string, string> {
  if (value === null) return {};
  const url = new URL(req.originalUrl, 'http://any');
  url.searchParams.set(name, String(value));
  return { Link: `<${url.pathname}${url.search}>; rel="next"` };
}
