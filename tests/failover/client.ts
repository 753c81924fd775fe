import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 8_000;
const PAUSE_MS = 300;

export interface Heard {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service says
  body: any;
}

/** Undefined: no answer came. */
export async function ask(url: string, method = 'GET', body?: unknown, key?: string): Promise<Heard | undefined> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key !== undefined) headers['Idempotency-Key'] = key;
  try {
    const answer = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return undefined;
  }
}

/** An answer that ends the request: neither trouble nor something that is under way. */
const isFinal = ({ status, body }: Heard) =>
  status < 500 && status !== 429 && !/IN_PROGRESS|PENDING|CHANGED/.test(String(body.code));

/** Sends a request with its key, each time to another replica, until it has an answer. */
export async function insist(
  urls: readonly string[],
  method: string,
  body: unknown,
  key: string,
  ended: AbortSignal,
): Promise<Heard | undefined> {
  for (let tries = 0; !ended.aborted; tries++) {
    const heard = await ask(urls[tries % urls.length] as string, method, body, key);
    if (heard && isFinal(heard)) return heard;
    await pause(PAUSE_MS);
  }
  return undefined;
}
