import type { Answers, Endpoint } from '@oms/shared/contracts/endpoint';
import type { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import type { Matcher } from './matcher.ts';

export type Service = keyof typeof EVERY_ENDPOINT;

/** One request of the collection, and what is expected of its answer. */
export interface Step {
  name: string;
  about: string;
  /** Who is asked; absent: the service that has the endpoint. */
  at?: Service;
  /** Absent: a request that no endpoint is there for. */
  endpoint?: Endpoint;
  method: string;
  path: string;
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  body?: unknown;
  before?: Before;
  wait?: Wait;
  expect: Expectation[];
}

export interface Folder {
  name: string;
  about: string;
  items: (Step | Folder)[];
}

/** A function that Postman runs: it knows nothing but its arguments and `pm`. */
// biome-ignore lint/suspicious/noExplicitAny: they are carried, not called.
export type Script = (...given: any[]) => unknown;

export interface Before {
  /** New values of variables: `{{$guid}}` and the like are replaced. */
  set?: Record<string, string>;
  /** A variable for a new id, which this request calls `{{newId}}`. */
  newId?: string;
  run?: Script;
}

/** Sends the request again, or the one called `from`, until this is true. */
interface Wait {
  until: Script | Called;
  from?: string;
  most?: number;
}

export interface Expectation {
  title: string;
  status?: number;
  code?: string;
  headers?: Record<string, string | Matcher>;
  body?: unknown;
  check?: Script | Called;
  /** Values for later steps, by the variable that keeps them. */
  keep?: (body: never, header: (name: string) => string) => Record<string, unknown>;
}

/** A script with further arguments. */
export class Called {
  readonly script: Script;
  readonly given: unknown[];

  constructor(script: Script, given: unknown[]) {
    this.script = script;
    this.given = given;
  }
}

export const using = <G extends unknown[]>(script: (body: never, ...given: G) => unknown, ...given: G) =>
  new Called(script, given);

/** What is said of a value: of an object some fields, of an array every element. */
export type Expected<T> =
  | Matcher
  | (unknown extends T
      ? unknown
      : T extends string
        ? T | `${string}{{${string}}}${string}`
        : T extends readonly (infer E)[]
          ? Expected<E>[]
          : T extends object
            ? { [K in keyof T]?: Expected<T[K]> }
            : T);

/** What is sent may leave out what has a default, and name variables. */
type Sent<B> = B extends readonly (infer E)[]
  ? Sent<E>[]
  : B extends object
    ? { [K in keyof B]?: Sent<B[K]> }
    : B extends number
      ? B | Matcher
      : B;

type Success = 200 | 201 | 202;
type Refused = 304 | 400 | 402 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 502 | 503;
type BodyOf<A> = A extends { schema: { _output: infer T } } ? T : string;

interface Saying<T> extends Omit<Expectation, 'title' | 'status' | 'code' | 'keep'> {
  body?: Expected<T>;
  // biome-ignore lint/suspicious/noConfusingVoidType: what a check gives back does not matter.
  check?: ((body: T) => void | Assertion) | Called;
  keep?: (body: T, header: (name: string) => string) => Record<string, unknown>;
}
/** What is said of an answer; `of` is never there, and lets the compiler compare the T. */
export type Said<T> = Expectation & { of?: (body: T) => void };

/** An answer that gives what was asked for. */
export const says = <T>(title: string, status: Success, what: NoInfer<Saying<T>> = {}): Said<T> =>
  ({ title, status, ...what }) as Said<T>;

/** One more thing that is said of the same answer. */
export const alsoSays = <T>(title: string, what: NoInfer<Saying<T>>): Said<T> => ({ title, ...what }) as Said<T>;

/** A problem, which may say more than its code. */
// biome-ignore lint/suspicious/noExplicitAny: what that is depends on the code.
export const refuses = (title: string, status: Refused, code: string, what: Saying<any> = {}): Expectation =>
  ({ title, status, code, ...what }) as Expectation;

type Given<P, B, T> = Pick<Step, 'at' | 'query' | 'headers' | 'before'> & {
  /** Another of the endpoint's paths. */
  path?: string;
  params?: { [K in keyof P]?: string };
  body?: Sent<B>;
  /** A body that no client should send. */
  wrongBody?: unknown;
  wait?: Omit<Wait, 'until'> & { until: ((body: T) => boolean) | Called };
  expect: Said<T> | Said<T>[];
};

export function step<P, B, A extends Answers>(
  // biome-ignore lint/suspicious/noExplicitAny: queries and headers are compared with the document.
  endpoint: Endpoint<P, any, B, any, A>,
  name: string,
  about: string,
  { path = endpoint.path, body, wrongBody = body, params, expect, ...given }: Given<P, B, BodyOf<A[keyof A & Success]>>,
): Step {
  return {
    name,
    about,
    endpoint: endpoint as Endpoint,
    method: endpoint.method.toUpperCase(),
    path,
    body: wrongBody,
    expect: [expect].flat() as Expectation[],
    ...({ params, ...given } as Omit<Step, 'name' | 'about' | 'method' | 'path' | 'expect'>),
  };
}

/** A request that no endpoint is there for. */
export const stray = (
  method: string,
  path: string,
  name: string,
  about: string,
  // biome-ignore lint/suspicious/noExplicitAny: no contract knows it.
  { expect, ...given }: Pick<Step, 'at' | 'query' | 'headers'> & { expect: Said<any> },
): Step => ({ name, about, method, path, expect: [expect], ...given });

export const folder = (name: string, about: string, items: (Step | Folder)[]): Folder => ({ name, about, items });

export const isFolder = (item: Step | Folder): item is Folder => 'items' in item;
