import { type About, OmsError, type ProblemOf } from './errors.ts';

export const JSON_TYPE = 'application/json';
export const STREAM_TYPE = 'text/event-stream';

/**
 * What an answer of this API has to say: of JSON its value, of a stream the stream, of anything else a Blob, of 204 nothing. An answer of
 * another type than accepted is an error.
 */
export async function answerOf<T>(response: Response, accept: string, about: About): Promise<T> {
  const { ok, status, body } = response;
  if (status === 204) return undefined as T;
  const isAccepted = ok && typeOf(response).startsWith(accept);
  if (isAccepted && accept === STREAM_TYPE) return body as T;
  if (isAccepted && accept !== JSON_TYPE) return (await response.blob()) as T;
  const value = await jsonOf(response);
  if (isAccepted && value !== undefined) return value as T;
  throw refusal(response, value, about);
}

const typeOf = ({ headers }: Response): string => headers.get('content-type') ?? '';

async function jsonOf(response: Response): Promise<unknown> {
  if (!typeOf(response).includes('json')) return undefined;
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal({ status, headers }: Response, body: unknown, about: About): OmsError {
  const said = (body ?? {}) as ProblemOf<'INTERNAL'>;
  const problem = typeof said.code === 'string' ? said : {};
  const { code = 'UNEXPECTED_ANSWER', detail = `answered ${status}, but not as this API does` } = problem;
  return new OmsError({ ...about, status, code, detail, problem, retryAfterMs: retryAfterIn(headers) });
}

/** Seconds, or a date. */
function retryAfterIn(headers: Headers): number | undefined {
  const given = headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
