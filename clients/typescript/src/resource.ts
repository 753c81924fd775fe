import type { RequestOptions } from './options.ts';
import { Pages } from './pages.ts';
import type { Requests } from './requests.ts';
import type { Operations } from './schema.ts';

type Operation = keyof Operations;
type With<Member extends string> = {
  [O in Operation]: Operations[O] extends Record<Member, unknown> ? O : never;
}[Operation];
type PagedBy<Parameter extends string> = {
  [O in Operation]: Operations[O] extends { query: { [P in Parameter]?: unknown } & { limit?: number } } ? O : never;
}[Operation];

/** An operation of the document, and what it is given: a body, a query, or for a list the parameter that asks for its next page. */
type Line =
  | Exclude<Operation, With<'body'> | With<'query'>>
  | `${With<'body'>} body`
  | `${With<'query'>} query`
  | `${PagedBy<'cursor'>} cursor`
  | `${PagedBy<'after'>} after`;

type Method<L> = L extends `${infer O extends With<'body'>} body`
  ? (...args: [...Ids<O>, ...Given<Operations[O]['body']>, options?: RequestOptions]) => Promise<Answer<O>>
  : L extends `${infer O extends With<'query'>} query`
    ? (...args: [...Ids<O>, ...Given<Operations[O]['query']>, options?: RequestOptions]) => Promise<Answer<O>>
    : L extends `${infer O extends PagedBy<'cursor'>} cursor` | `${infer O extends PagedBy<'after'>} after`
      ? (...args: [...Ids<O>, query?: Filter<O>, options?: RequestOptions]) => Pages<Extract<Answer<O>, object>>
      : L extends Operation
        ? (...args: [...Ids<L>, options?: RequestOptions]) => Promise<Answer<L>>
        : never;

type Ids<Path extends string> = Path extends `${string}{${string}}${infer Rest}` ? [id: string, ...Ids<Rest>] : [];
/** May be left out where nothing in it is required. */
type Given<T> = Partial<T> extends T ? [given?: T] : [given: T];
type Filter<O extends Operation> = Operations[O] extends { query: infer T } ? Omit<T, 'cursor' | 'after'> : never;
type Answer<O extends Operation> = Operations[O] extends { answer: infer T } ? T : never;
export type Methods<Lines> = { readonly [Name in keyof Lines]: Method<Lines[Name]> };

/** Methods that carry out operations: `(…ids, what is given, options)`. `more`: those that are written by hand. */
export function resource<const Lines extends Record<string, Line>, More extends object>(
  requests: Requests,
  lines: Lines,
  more?: More,
): Methods<Lines> & More {
  const methods = Object.entries(lines).map(([name, line]) => [name, methodOf(requests, line)]);
  return { ...Object.fromEntries(methods), ...more };
}

function methodOf(requests: Requests, line: string) {
  const [method = '', pattern = '', kind = ''] = line.split(' ');
  const send = <T>(args: unknown[], more: (given: unknown) => object): Promise<T> => {
    const rest = [...args];
    const path = pattern.replaceAll(/\{\w+\}/g, (name) => segment(name, rest.shift()));
    const given = kind ? rest.shift() : undefined;
    return requests.request(method, path, { ...(rest[0] as RequestOptions), ...more(given) });
  };
  if (kind === 'cursor' || kind === 'after')
    return (...args: unknown[]) =>
      new Pages((next) => send<object>(args, (query) => ({ query: { ...(query as object), [kind]: next } })));
  return async (...args: unknown[]) => send(args, (given) => (kind ? { [kind]: given } : {}));
}

/** Without an id, or with one of dots, the path would be that of something else. */
export function segment(name: string, id: unknown): string {
  if (typeof id === 'string' && /[^.]/.test(id)) return encodeURIComponent(id);
  throw new TypeError(`${name} must be an id, not '${id}'`);
}
