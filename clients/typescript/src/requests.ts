import { answerOf, JSON_TYPE, STREAM_TYPE } from './answer.ts';
import { type About, OmsError } from './errors.ts';
import { type Message, messagesIn } from './event-stream.ts';
import { begin, type Exchange } from './exchange.ts';
import type { ClientOptions, Sent } from './options.ts';
import { isPassing, mayHaveHappened, rest } from './retries.ts';
import { Token } from './token.ts';

const RETRIES = 3;
const TIMEOUT_MS = 40_000;

/** Sends requests, each until it has an answer that settles it. */
export class Requests {
  readonly #token: Token;
  readonly #baseUrl: string;
  readonly #retries: number;

  constructor(private readonly options: ClientOptions) {
    this.#token = new Token(options.token);
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#retries = options.retries ?? RETRIES;
  }

  /** Any request to the API. The methods of the client are made of it. */
  async request<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
    const { accept = JSON_TYPE, idempotencyKey = newKey(), headers, retries = this.#retries } = sent;
    const isWrite = method !== 'GET';
    const key = isWrite ? idempotencyKey : undefined;
    const about = { request: `${method} ${path}`, idempotencyKey: key };
    const attempted = { ...sent, headers: { Accept: accept, 'Idempotency-Key': key, ...headers } };
    let isOpen = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const { response, read, close } = await this.#begin(method, path, attempted, about);
        return await read(() => answerOf<T>(response, accept, about)).finally(close);
      } catch (error) {
        if (!(error instanceof OmsError)) throw error;
        isOpen = isWrite && mayHaveHappened(isOpen, error);
        error.mayHaveHappened = isOpen;
        if (attempt > retries || !isPassing(error)) throw error;
        await rest(attempt, error, sent);
      }
    }
  }

  /**
   * The messages of a stream, to its end. After an interruption it goes on after the last one, and tries to for as long as it takes;
   * only its first beginning is tried no longer than a request.
   */
  async *follow(path: string, lastId?: string, sent: Sent = {}): AsyncGenerator<Message, void, undefined> {
    const about = { request: `GET ${path}`, idempotencyKey: undefined };
    let { retries = this.#retries } = sent;
    let id = lastId;
    for (let attempt = 1; ; attempt++) {
      let exchange: Exchange | undefined;
      let failure: OmsError | undefined;
      try {
        const headers = { Accept: STREAM_TYPE, ...sent.headers, 'Last-Event-ID': id };
        exchange = await this.#begin('GET', path, { ...sent, headers }, about);
        const { response, read } = exchange;
        const stream = await read(() => answerOf<ReadableStream | undefined>(response, STREAM_TYPE, about));
        if (!stream) return;
        retries = Number.POSITIVE_INFINITY;
        for await (const message of messagesIn(stream, exchange, id)) {
          if (message.event === 'end') return;
          attempt = 0;
          // Ids of a feed that is a new one begin again.
          id = message.event === 'anew' ? undefined : message.id;
          yield message;
        }
      } catch (error) {
        if (!(error instanceof OmsError) || attempt > retries || !isPassing(error)) throw error;
        failure = error;
      } finally {
        exchange?.close();
      }
      await rest(attempt, failure, sent);
    }
  }

  /** One attempt; a second one with a new token, where the first token is refused. */
  async #begin(method: string, path: string, sent: Sent, about: About, isRenewed = false): Promise<Exchange> {
    const { fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS } = this.options;
    const { query, body, signal, timeoutMs: limitMs = timeoutMs } = sent;
    // The token is for this API alone.
    if (!/^\/(?!\/)/.test(path)) throw new TypeError(`${path} is not a path of the API`);
    const asked = this.#token.get();
    const token = await asked;
    const exchange = await begin(fetch, {
      ...{ about, method, limitMs, signal },
      url: `${this.#baseUrl}${path}${queryOf(query)}`,
      headers: headersOf({
        'Content-Type': body === undefined ? undefined : JSON_TYPE,
        Authorization: token === undefined ? undefined : `Bearer ${token}`,
        ...sent.headers,
      }),
      body: JSON.stringify(body),
    });
    if (exchange.response.status !== 401 || isRenewed || !this.#token.refused(asked)) return exchange;
    exchange.close();
    return this.#begin(method, path, sent, about, true);
  }
}

const given = (named: object = {}): [string, string][] =>
  Object.entries(named).filter(([, value]) => value !== undefined);

/** Of a name that is there twice, whatever its spelling, the last value counts. */
function headersOf(named: Record<string, string | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of given(named)) headers.set(name, value);
  return headers;
}

function queryOf(named: object | undefined): string {
  const pairs = given(named);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

/** crypto.randomUUID is missing in pages that came over plain HTTP. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
