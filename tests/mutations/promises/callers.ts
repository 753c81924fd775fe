import type { Promised } from './rows.ts';

/** What keeps callers apart, and from each other. */
export const OF_CALLERS: readonly Promised[] = [
  {
    name: 'news wake those whom they concern, and who stands at one place looks once',
    file: 'shared/src/store/readers.ts',
    from: 'news ? [...news.keys(), undefined] : this.#followed.keys();',
    to: 'this.#followed.keys();',
  },
  {
    name: 'what other replicas wrote is looked for once for a whole process',
    file: 'shared/src/store/postgres-news.ts',
    from: 'this.#looking ??= setInterval(',
    to: 'this.#looking = setInterval(',
  },
  {
    name: 'who reads too slowly is cut off, and loses nothing',
    file: 'shared/src/http/sse.ts',
    from: '    if (enough.signal.aborted) this.res.destroy();\n',
    to: '',
  },
  {
    name: 'streams per caller are counted, whichever replica serves them',
    file: 'services/gateway/src/guard/streams.ts',
    from: 'holdStream(open, clientOf(req), res);',
    to: '',
  },
  {
    name: 'a stream ends with its token',
    file: 'services/gateway/src/guard/streams.ts',
    from: 'const end = () => void res.end();',
    to: 'const end = () => {};',
  },
  {
    name: "an order's events come in pages, and a customer cannot make many of them",
    file: 'services/order/src/domain/commands.ts',
    from: 'if ((order.addressChanges ?? 0) >= most) {',
    to: 'if (most < 0) {',
  },
  {
    name: 'an order as it was is rebuilt from few events, by few at once',
    file: 'services/order/src/book/past-orders.ts',
    from: 'if (!this.store.hasRoom()) return;',
    to: 'return;',
  },
  {
    name: 'an order of somebody else is not there, for reads and for writes',
    file: 'services/order/src/api/access.ts',
    from: 'order.customer.id !== owner)) return notFound(id);',
    to: 'order.customer.id.length > 99)) return notFound(id);',
    machines: ['simulation'],
  },
  {
    name: 'every call says who makes it; one that does not is made by nobody, and refused',
    file: 'shared/src/http/caller.ts',
    from: '? callerIn(headers) : ANYBODY;',
    to: '? (callerIn(headers) ?? ANYBODY) : ANYBODY;',
  },
  {
    name: 'who calls cannot be pushed out of a request: more than 100 headers are refused',
    file: 'shared/src/http/header-limit.ts',
    from: 'return names.length - added.size > MOST_HEADERS;',
    to: 'return names.length - added.size > 100 * MOST_HEADERS;',
  },
  {
    name: 'whom a route is for stands in its contract, and a path is that of the contract to the letter',
    file: 'services/gateway/src/guard/access.ts',
    from: "?? 'admins';",
    to: "?? 'customers';",
  },
  {
    name: 'the services hold it by themselves, not the gateway alone',
    file: 'shared/src/http/app.ts',
    from: '      mustBeAllowed(contract.access, caller);\n',
    to: '',
  },
  {
    name: 'with tokens, nobody gets past the gateway: it does not start beside services that believe anybody',
    file: 'services/gateway/src/guard/config.ts',
    from: "if (AUTH_MODE === 'jwt' && !INTERNAL_TOKEN) {",
    to: "if (AUTH_MODE === 'jwt' && INTERNAL_TOKEN === 'none') {",
  },
  {
    name: 'the key of one user brings nobody the answer of another',
    file: 'services/gateway/src/guard/guard.ts',
    from: 'const keyOf = ({ id }: Identity, key: string) =>',
    to: "const keyOf = (_: Identity, key: string, id = '') =>",
    machines: ['simulation'],
  },
  {
    name: 'a filter that is misspelled is refused, and lets nothing through',
    file: 'shared/src/http/query.ts',
    from: 'if (!known.has(name)) throw',
    to: 'if (known.size < 0) throw',
  },
  {
    name: 'without tokens, no web page that somebody looks at changes anything',
    file: 'shared/src/http/from-here.ts',
    from: ' && hostOf(origin) !== host?.toLowerCase() && ',
    to: ' && hostOf(origin) === undefined && ',
  },
];
