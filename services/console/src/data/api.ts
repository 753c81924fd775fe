import { authorization, signOut } from './session.ts';

/** A request that failed: the problem document of the answer, or no answer at all. */
export interface Problem {
  isProblem: true;
  /** 0: there was no answer. */
  status: number;
  code: string;
  detail: string;
  orderId?: string;
  /** The line of the order that it is about. */
  lineId?: string;
  errors?: { path: string; message: string }[];
  retryAfterMs: number;
}

const isProblem = (error: unknown): error is Problem => (error as Problem | undefined)?.isProblem === true;

/** Does the work and returns the problem that ended it, if there was one. Any other error is a defect, and thrown. */
export async function problemOf(work: () => Promise<unknown>): Promise<Problem | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}

interface Options {
  body?: unknown;
  signal?: AbortSignal | undefined;
}

const ATTEMPTS = 3;
const PAUSE_MS = 700;

/**
 * Calls the gateway. A request that changes something carries a key: after a broken connection it is sent again, and
 * still carried out only once.
 */
export async function call<T>(method: string, path: string, { body, signal }: Options = {}) {
  const headers: Record<string, string> = { Accept: 'application/json', ...authorization() };
  if (method !== 'GET') headers['Idempotency-Key'] = `console:${randomId()}`;
  const request: RequestInit = { method, headers, signal: signal ?? null };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(body);
  }
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(path.slice(1), request).catch((error: Error) => error);
    if (answer instanceof Response) return read<T>(answer, path);
    if (signal?.aborted) throw answer;
    if (attempt === ATTEMPTS) throw problem(0, 'UNREACHABLE', 'The gateway does not answer. Is it running?');
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await call<T>('GET', path, { signal })).body;

export const PAGE = 200;

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Reads a list page by page, until it ends or has `most` items. */
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
  if (answer.status === 401 && path !== '/auth/token') signOut();
  const { code, detail, orderId, lineId, errors } = body ?? {};
  const more = { orderId, lineId, errors, retryAfterMs: Number(answer.headers.get('Retry-After') ?? 1) * 1_000 };
  throw { ...problem(answer.status, code ?? 'UNKNOWN', detail ?? answer.statusText), ...more };
}

const problem = (status: number, code: string, detail: string): Problem => ({
  ...{ isProblem: true, status, code, detail, retryAfterMs: 1_000 },
});

/** crypto.randomUUID is missing on pages that came over plain HTTP. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, '0')).join('');
}
