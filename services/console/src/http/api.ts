import { authorization, refused } from '../shell/session.ts';
import type { Request } from './curl.ts';

/** An answer that is none of what was wished for: a problem document, or nobody who answers. */
export interface Problem {
  isProblem: true;
  /** 0: nobody answered. */
  status: number;
  code: string;
  detail: string;
  orderId?: string;
  errors?: { path: string; message: string }[];
  retryAfterMs: number;
}

export const isProblem = (error: unknown): error is Problem => (error as Problem | undefined)?.isProblem === true;

export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const ATTEMPTS = 3;
const PAUSE_MS = 700;

/**
 * Calls the gateway. What is written carries a key, so that it can be sent again when the connection broke off, and is
 * carried out once.
 */
export async function call<T>(
  method: Request['method'],
  path: string,
  sent: Sent = {},
): Promise<{ status: number; body: T }> {
  const headers: Record<string, string> = { Accept: 'application/json', ...authorization(), ...sent.headers };
  if (method !== 'GET') headers['Idempotency-Key'] ??= `console:${randomId()}`;
  if (sent.body !== undefined) headers['Content-Type'] = 'application/json';
  const request: RequestInit = { method, headers, signal: sent.signal ?? null };
  if (sent.body !== undefined) request.body = JSON.stringify(sent.body);

  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(path.slice(1), request).catch((error: Error) => error);
    if (answer instanceof Response) return read<T>(answer, path);
    if (sent.signal?.aborted) throw answer;
    if (attempt === ATTEMPTS) throw problem(0, 'UNREACHABLE', 'The gateway does not answer. Is it running?');
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await call<T>('GET', path, signal ? { signal } : {})).body;

const PAGE = 200;

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** A list, page by page, as far as `most`. */
export async function getList<T>(path: string, most: number, signal: AbortSignal): Promise<Page<T>> {
  let list: Page<T> = { items: [], nextCursor: null };
  do {
    const cursor = list.nextCursor === null ? '' : `&cursor=${list.nextCursor}`;
    const page = await get<Page<T>>(`${path}?limit=${PAGE}${cursor}`, signal);
    list = { items: [...list.items, ...page.items], nextCursor: page.nextCursor };
  } while (list.nextCursor !== null && list.items.length < most);
  return list;
}

async function read<T>(answer: Response, path: string): Promise<{ status: number; body: T }> {
  const text = await answer.text();
  const body = text === '' ? undefined : JSON.parse(text);
  if (answer.ok) return { status: answer.status, body };
  if (answer.status === 401 && path !== '/auth/token') refused();
  const { code, detail, orderId, errors } = body ?? {};
  const more = { orderId, errors, retryAfterMs: Number(answer.headers.get('Retry-After') ?? 1) * 1_000 };
  throw { ...problem(answer.status, code ?? 'UNKNOWN', detail ?? answer.statusText), ...more };
}

const problem = (status: number, code: string, detail: string): Problem => ({
  ...{ isProblem: true, status, code, detail, retryAfterMs: 1_000 },
});

/** crypto.randomUUID is missing where the page came over plain HTTP. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, '0')).join('');
}
