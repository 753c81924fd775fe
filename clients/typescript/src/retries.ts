import type { OmsError } from './errors.ts';
import type { RequestOptions } from './options.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
/** Whoever should wait longer is told so instead. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** The order is rejected, and its customer was told: another one is for the caller to decide. */
const REJECTED = ['PAYMENT_UNAVAILABLE', 'INVENTORY_UNAVAILABLE', 'PRODUCTS_UNAVAILABLE'];
const NOTHING_DONE = ['CHAOS_INJECTED', 'STORE_FULL'];
const NEVER_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** Whether the same request may have another answer soon. With its key it is carried out once, however often it is sent. */
export function isPassing({ status, code }: OmsError): boolean {
  if (code === 'NO_ANSWER' || code === 'REQUEST_IN_PROGRESS' || status === 429 || status === 408) return true;
  return status >= 500 && !REJECTED.includes(code);
}

/** Whether the request may have been carried out, by this attempt or by one before it. */
export function mayHaveHappened(before: boolean, error: OmsError): boolean {
  const { status, code } = error;
  if (saysNothing(error)) return before;
  if (status >= 500) return !REJECTED.includes(code);
  return status < 400 || status === 408 || code === 'REQUEST_IN_PROGRESS';
}

/** What was sent before is not looked at by those who answer so. */
function saysNothing({ status, code, cause }: OmsError): boolean {
  if (code === 'NO_ANSWER') return NEVER_CONNECTED.includes(codeOf(cause) ?? '');
  if (code === 'UNEXPECTED_ANSWER') return status >= 300 && status < 500;
  return [401, 403, 429].includes(status) || NOTHING_DONE.includes(code);
}

/** Node says it in the cause of what fetch throws. */
function codeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: { code?: string } };
  return cause?.code ?? code;
}

/** Random, so that clients who failed together do not come back together; never sooner than the answer says. */
export async function rest(
  attempt: number,
  error: OmsError | undefined,
  { signal, onRetry }: RequestOptions,
): Promise<void> {
  const { retryAfterMs = 0 } = error ?? {};
  if (retryAfterMs > LONGEST_RETRY_AFTER_MS) throw error;
  const pauseMs = retryAfterMs + Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  onRetry?.({ attempt, pauseMs, error });
  await new Promise<void>((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, pauseMs);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}
