import { type About, OmsError } from './errors.ts';

export interface Attempt {
  about: About;
  method: string;
  url: string;
  headers: Headers;
  body: string | undefined;
  limitMs: number;
  signal: AbortSignal | undefined;
}

/** An answer that has begun. Whoever reads it closes it. */
export interface Exchange {
  response: Response;
  /** Reads of it. What goes wrong meanwhile is an `OmsError`, unless the caller has given up. */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** From now on it is cut if the limit is over; or it is not. */
  limited(isOn: boolean): void;
  close(): void;
}

/** One attempt of a request. It follows no redirect, which could make a read of a write. */
export async function begin(fetch: typeof globalThis.fetch, attempt: Attempt): Promise<Exchange> {
  const { about, url, limitMs, signal, body = null, ...rest } = attempt;
  const cut = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limited = (isOn: boolean) => {
    clearTimeout(timer);
    if (isOn) timer = setTimeout(() => cut.abort(new Error(`no answer within ${limitMs} ms`)), limitMs);
  };
  const abort = () => cut.abort(signal?.reason);
  const close = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    cut.abort();
  };
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      close();
      if (signal?.aborted) throw signal.reason;
      throw error instanceof OmsError ? error : noAnswer(about, error as Error);
    }
  };
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  limited(true);
  const response = await read(() => fetch(url, { ...rest, body, redirect: 'error', signal: cut.signal }));
  return { response, read, limited, close };
}

/** Of a connection that fails, Node says why in the cause. */
function noAnswer(about: About, error: Error): OmsError {
  const { message, code } = (error.cause ?? {}) as { message?: string; code?: string };
  return new OmsError({
    ...about,
    status: 0,
    code: 'NO_ANSWER',
    detail: message || code || error.message,
    cause: error,
  });
}
