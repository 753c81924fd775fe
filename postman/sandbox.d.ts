/** What Postman offers to scripts, as far as these use it. */

/** Chai's. */
interface Assertion {
  readonly to: Assertion;
  readonly be: Assertion;
  readonly is: Assertion;
  readonly have: Assertion;
  readonly that: Assertion;
  readonly and: Assertion;
  readonly not: Assertion;
  readonly all: Assertion;
  readonly any: Assertion;
  readonly at: Assertion;
  readonly empty: Assertion;
  readonly include: Assertion & ((part: unknown) => Assertion);
  equal(value: unknown): Assertion;
  eql(value: unknown): Assertion;
  match(pattern: RegExp): Assertion;
  a(type: string): Assertion;
  an(type: string): Assertion;
  oneOf(values: readonly unknown[]): Assertion;
  least(bound: number): Assertion;
  above(bound: number): Assertion;
  below(bound: number): Assertion;
  within(from: number, to: number): Assertion;
  readonly lengthOf: Assertion & ((length: number) => Assertion);
  members(values: readonly unknown[]): Assertion;
  keys(...names: string[]): Assertion;
  property(name: string, value?: unknown): Assertion;
}

interface Variables {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  unset(name: string): void;
  /** Puts in what `{{name}}` and Postman's own `{{$guid}}` stand for. */
  replaceIn(text: string): string;
}

interface SandboxResponse {
  code: number;
  responseSize: number;
  text(): string;
  // biome-ignore lint/suspicious/noExplicitAny: of any endpoint.
  json(): any;
  headers: { get(name: string): string; has(name: string): boolean };
  to: { have: { status(code: number): void; header(name: string): void } };
}

declare const pm: {
  test(title: string, check: () => void): void;
  expect(value: unknown): Assertion;
  variables: Variables;
  collectionVariables: Variables;
  request: { url: { path: string[]; query: { count(): number } }; body: { raw: string } };
  response: SandboxResponse;
  sendRequest(request: string | object, done: (error: Error | null, response: SandboxResponse) => void): void;
  execution: { setNextRequest(name: string): void };
};
