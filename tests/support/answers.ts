import { expect } from '@jest/globals';
import request from 'supertest';

interface Sent {
  /** The Idempotency-Key. */
  key?: string | undefined;
  headers?: Record<string, string>;
}
export type Answer = Awaited<ReturnType<ReturnType<typeof client>['get']>>;

/** Calls a service at its address, or an app. The result holds no connection, so it can be compared and reported. */
export function client(at: Parameters<typeof request>[0]) {
  type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
  const send = async (method: Method, path: string, sending: object | undefined, sent: Sent = {}) => {
    const keyed = sent.key === undefined ? {} : { 'Idempotency-Key': sent.key };
    const asked = request(at)
      [method](path)
      .set({ ...sent.headers, ...keyed });
    const { status, type, headers, body, text } = await asked.send(sending);
    return { status, type, headers, body, text };
  };
  return {
    get: (path: string, sent?: Sent) => send('get', path, undefined, sent),
    post: (path: string, body?: object, sent?: Sent) => send('post', path, body, sent),
    put: (path: string, body: object, sent?: Sent) => send('put', path, body, sent),
    patch: (path: string) => send('patch', path, undefined),
    delete: (path: string) => send('delete', path, undefined),
  };
}

export const answer = (status: number, body: object) =>
  expect.objectContaining({ status, body: expect.objectContaining(body) });

export const problem = (status: number, code: string, body: object = {}) =>
  expect.objectContaining({
    ...{ status, type: 'application/problem+json' },
    body: expect.objectContaining({ status, code, traceId: expect.stringMatching(/^[0-9a-f]{32}$/), ...body }),
  });
