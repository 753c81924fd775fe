import type { z } from 'zod';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** Whom a route is for, beside operators and services, whom every route is for. */
export type Access = 'everybody' | 'customers';

/** One route of a service: what its requests are parsed with, and what its OpenAPI document says of it. */
export interface Endpoint<P = unknown, Q = unknown, B = unknown, H = unknown, A extends Answers = Answers> {
  method: Method;
  /** In OpenAPI's notation: `/orders/{id}`. */
  path: string;
  /** Other paths that lead to the same. */
  aliases?: readonly string[];
  summary: string;
  tag: string;
  /** Absent: operators and services alone. */
  access?: Access;
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  headers?: z.ZodType<H>;
  /** Status codes with what they carry; what every endpoint can answer need not be said. */
  answers: A;
}

export type Answers = Record<number, AnswerContract>;

export interface AnswerContract<T = unknown> {
  description: string;
  /** Absent: the body is not JSON, or there is none. */
  schema?: z.ZodType<T>;
  contentTypes?: readonly string[];
  headers?: readonly string[];
  /** For problems: the codes that this status can carry. */
  codes?: readonly string[];
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

type Refusals = AnswerContract & { codes: string[] };

/** Keeps the types of the parts, so that a route's handler sees exactly what was parsed, and a test what is answered. */
export function endpoint<P = undefined, Q = undefined, B = undefined, H = undefined, A extends Answers = Answers>(
  contract: Endpoint<P, Q, B, H, A>,
): Endpoint<P, Q, B, H, A> {
  return contract;
}

export function problems<S extends number>(status: S, ...codes: string[]) {
  return { [status]: { description: codes.map((code) => `\`${code}\``).join(' or '), codes } } as Record<S, Refusals>;
}

/** The endpoints among the exports of a contract module. */
export function endpointsOf(contract: Record<string, unknown>): Endpoint[] {
  return Object.values(contract).filter(
    (value): value is Endpoint =>
      typeof value === 'object' && value !== null && 'method' in value && 'answers' in value,
  );
}
