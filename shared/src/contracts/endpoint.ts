import type { z } from 'zod';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** Whom a route is for, beside operators and services, whom every route is for. */
export type Access = 'everybody' | 'customers';

/** One route of a service: what its requests are parsed with, and what its OpenAPI document says of it. */
export interface Endpoint<P = unknown, Q = unknown, B = unknown, H = unknown> {
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
  answers: Record<number, AnswerContract>;
}

export interface AnswerContract {
  description: string;
  /** Absent: the body is not JSON, or there is none. */
  schema?: z.ZodType;
  contentTypes?: readonly string[];
  headers?: readonly string[];
  /** For problems: the codes that this status can carry. */
  codes?: readonly string[];
}

/** Keeps the types of the parts, so that a route's handler sees exactly what was parsed. */
export function endpoint<P = undefined, Q = undefined, B = undefined, H = undefined>(
  contract: Endpoint<P, Q, B, H>,
): Endpoint<P, Q, B, H> {
  return contract;
}

export function problems(status: number, ...codes: string[]): Record<number, AnswerContract> {
  return { [status]: { description: codes.map((code) => `\`${code}\``).join(' or '), codes } };
}

/** The endpoints among the exports of a contract module. */
export function endpointsOf(contract: Record<string, unknown>): Endpoint[] {
  return Object.values(contract).filter(
    (value): value is Endpoint =>
      typeof value === 'object' && value !== null && 'method' in value && 'answers' in value,
  );
}
