import { expect } from '@jest/globals';
import type { Endpoint } from '@oms/shared/contracts/endpoint';

/** An answer with its body parsed, if it is JSON. */
export interface Got {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  body: any;
  text: string;
}

export interface Sent {
  body?: unknown;
  /** The Idempotency-Key. */
  key?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Calls one service, and checks each answer against the contract of its route. */
export class Api {
  constructor(
    readonly url: string,
    private readonly endpoints: readonly Endpoint[],
  ) {}

  get = (path: string, sent: Sent = {}): Promise<Got> => this.#send('GET', path, sent);
  post = (path: string, body?: unknown, sent: Sent = {}): Promise<Got> => this.#send('POST', path, { body, ...sent });
  put = (path: string, body?: unknown, sent: Sent = {}): Promise<Got> => this.#send('PUT', path, { body, ...sent });
  delete = (path: string, sent: Sent = {}): Promise<Got> => this.#send('DELETE', path, sent);

  async #send(method: string, path: string, { body, key, headers, signal }: Sent): Promise<Got> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    const got = { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text, text };
    this.#agrees(method, path, got);
    return got;
  }

  #agrees(method: string, path: string, { status, headers, body }: Got): void {
    const [pathname = ''] = path.split('?');
    const known = this.endpoints
      .filter((one) => one.method.toUpperCase() === method)
      .flatMap((one) => [one.path, ...(one.aliases ?? [])].map((path) => ({ ...one, path })))
      .filter((one) => matches(one.path, pathname))
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
    if (!known || status === 405) return;
    if (status >= 400) expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const answer = known.answers[status];
    if (status < 400)
      expect({ route: `${method} ${known.path}`, documented: Object.keys(known.answers) }).toEqual(
        expect.objectContaining({ documented: expect.arrayContaining([String(status)]) }),
      );
    if (answer?.codes && status !== 400 && status !== 500) {
      expect([...answer.codes, 'REQUEST_IN_PROGRESS', 'SERVICE_UNAVAILABLE']).toContain(body.code);
    }
    if (answer?.schema && typeof body === 'object') expect(answer.schema.safeParse(body).error).toBeUndefined();
  }
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
}

/** Waits for a condition, not for a time. */
export async function eventually<T>(
  look: () => Promise<T> | T,
  is: (seen: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (is(seen)) return seen;
    if (Date.now() > until) throw new Error(`waited ${withinMs} ms in vain; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
