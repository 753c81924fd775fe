import type { z } from 'zod';
import type { ErrorCode } from './error-codes.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** Who may use a route, besides operators and services, who may use every route. */
export type Access = 'everybody' | 'customers';

/** What a contract says of a route: the schemas that parse its requests, and what OpenAPI says about it. */
export interface Described<P, Q, B, H, A extends Answers> {
  /** Other paths of the same route. */
  aliases?: readonly string[];
  summary: string;
  /** What whoever calls it has to know besides. */
  description?: string;
  /** Only services: no part of the public API. */
  internal?: true;
  /** Absent: only operators and services. */
  access?: Access;
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  headers?: z.ZodType<H>;
  /** The answers by status; those that every endpoint can give are left out. */
  answers: A;
}

export interface Endpoint<P = unknown, Q = unknown, B = unknown, H = unknown, A extends Answers = Answers>
  extends Described<P, Q, B, H, A> {
  method: Method;
  /** In OpenAPI's notation: `/orders/{id}`. */
  path: string;
  tag: string;
}

export type Answers = Record<number, AnswerContract>;

export interface AnswerContract<T = unknown> {
  description: string;
  /** Absent: the body is not JSON, or there is none. */
  schema?: z.ZodType<T>;
  contentTypes?: readonly string[];
  headers?: readonly string[];
  /** For problems: the codes that this status can carry. */
  codes?: readonly ErrorCode[];
}

type BodyOf<C> = C extends { schema: z.ZodType<infer T> } ? T : never;

/** What an endpoint's JSON answers carry, by status. Problems are not among them. */
export type Bodies<A extends Answers> = {
  [S in keyof A as A[S] extends { schema: z.ZodType } ? S : never]: BodyOf<A[S]>;
};

/** What an endpoint answers when it has done what the request says. */
export type Done<A extends Answers> = {
  [S in keyof A]: S extends 200 | 201 | 202 ? (A[S] extends { schema: z.ZodType } ? BodyOf<A[S]> : undefined) : never;
}[keyof A];

type Refusals = AnswerContract & { codes: ErrorCode[] };

/** Makes endpoints. Each keeps the types of its schemas, for the handler of the route, its replies, and its callers. */
export function endpoints(tag: string) {
  const of =
    (method: Method) =>
    <P = undefined, Q = undefined, B = undefined, H = undefined, A extends Answers = Answers>(
      path: string,
      described: Described<P, Q, B, H, A>,
    ): Endpoint<P, Q, B, H, A> => ({ method, path, tag, ...described });
  return { get: of('get'), post: of('post'), put: of('put'), remove: of('delete') };
}

export function problems<S extends number>(status: S, ...codes: ErrorCode[]) {
  return { [status]: { description: codes.map((code) => `\`${code}\``).join(' or '), codes } } as Record<S, Refusals>;
}

export const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'method' in value && 'answers' in value;

/** The endpoints among the exports of a contract module. */
export const endpointsOf = (contract: Record<string, unknown>): Endpoint[] =>
  Object.values(contract).filter(isEndpoint);
