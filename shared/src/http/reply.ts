import type { Request } from 'express';
import type { Answers, Bodies, Endpoint } from '../contracts/endpoint.ts';
import type { Answer, Page } from '../store/store.ts';
import { tagOf } from './conditions.ts';
import { linkTo } from './paging.ts';

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

type Headers = Record<string, string>;
type ItemOf<B> = B extends { 200: { items: readonly (infer T)[] } } ? T : never;

/** Makes the JSON answers of an endpoint. The compiler accepts only those that its contract describes. */
export interface Reply<A extends Answers, B = Bodies<A>> {
  <S extends keyof B & number>(status: S, data: B[S], headers?: Headers): Answer;
  /** With an ETag of the data, which has no version of its own. */
  tagged<S extends keyof B & number>(status: S, data: B[S], headers?: Headers): Answer;
  /** A page of documents, with the link to the next one. */
  page<D>(req: Request, found: Page<D>, render: (data: D) => ItemOf<B>): Answer;
}

function reply(status: number, data: unknown, headers: Headers = {}): Answer {
  return { status, headers: Object.assign({}, JSON_TYPE, headers), body: JSON.stringify(data) };
}

const untyped: Reply<never, Record<number, unknown>> = Object.assign(reply, {
  tagged: (status: number, data: unknown, headers?: Headers) =>
    reply(status, data, Object.assign({ ETag: tagOf(data) }, headers)),

  page<D>(req: Request, { items, next }: Page<D>, render: (data: D) => unknown) {
    const nextCursor = next === null ? null : Buffer.from(next).toString('base64url');
    return reply(200, { items: items.map(({ data }) => render(data)), nextCursor }, linkTo(req, 'cursor', nextCursor));
  },
});

/** The reply of an endpoint, for answers that are made outside its route. */
export const replyOf = <P, Q, B, H, A extends Answers>(_: Endpoint<P, Q, B, H, A>) => untyped as Reply<A>;
