import type { Promised } from './rows.ts';

/** Mutations that concern callers. */
export const OF_CALLERS: readonly Promised[] = [
  {
    name: 'only operators and checkouts say what is charged besides the prices',
    file: 'services/order/src/api/access.ts',
    from: 'owner !== undefined && order.charges',
    to: "owner !== undefined && order.charges && caller.kind === 'nobody'",
  },
  {
    name: 'a checkout sees and changes no order, not even one that it placed for another',
    file: 'services/order/src/api/access.ts',
    from: "    case 'customer':\n    case 'checkout':\n      return caller.id;",
    to: "    case 'checkout':\n      return undefined;\n    case 'customer':\n      return caller.id;",
  },
  {
    name: 'an event wakes only its readers, and readers at the same position share one query',
    file: 'shared/src/store/readers.ts',
    from: 'news ? [...news.keys(), undefined] : this.#followed.keys();',
    to: 'this.#followed.keys();',
  },
  {
    name: 'a process has one query for the events of other replicas',
    file: 'shared/src/store/postgres-news.ts',
    from: 'this.#looking ??= setInterval(',
    to: 'this.#looking = setInterval(',
  },
  {
    name: 'a reader that is too slow is disconnected, and loses nothing',
    file: 'shared/src/http/sse.ts',
    from: '    if (enough.signal.aborted) this.res.destroy();\n',
    to: '',
  },
  {
    name: 'streams are limited per caller, over all replicas',
    file: 'services/gateway/src/guard/streams.ts',
    from: 'holdStream(open, clientOf(req), res);',
    to: '',
  },
  {
    name: 'a stream ends when its token expires',
    file: 'services/gateway/src/guard/streams.ts',
    from: 'const end = () => void res.end();',
    to: 'const end = () => {};',
  },
  {
    name: "an order's events have pagination, and a customer cannot create many of them",
    file: 'services/order/src/domain/commands.ts',
    from: 'if ((order.addressChanges ?? 0) >= most) {',
    to: 'if (most < 0) {',
  },
  {
    name: 'an earlier version of an order is rebuilt from few events, for few requests at once',
    file: 'services/order/src/book/past-orders.ts',
    from: 'if (!this.store.hasRoom()) return;',
    to: 'return;',
  },
  {
    name: "another customer's order is 404, for reads and for writes",
    file: 'services/order/src/api/access.ts',
    from: 'order.customer.id !== owner)) return notFound(id);',
    to: 'order.customer.id.length > 99)) return notFound(id);',
    machines: ['simulation'],
  },
  {
    name: 'a guest has an id of his own with each order: nobody shares his orders or his limits',
    file: 'services/order/src/api/access.ts',
    from: '`${GUEST}${newId(now())}`',
    to: '`${GUEST}${newId(now()).slice(0, 0)}`',
  },
  {
    name: 'every call names its caller; one that does not is refused',
    file: 'shared/src/http/caller.ts',
    from: '? callerIn(headers) : ANYBODY;',
    to: '? (callerIn(headers) ?? ANYBODY) : ANYBODY;',
  },
  {
    name: 'the caller cannot be dropped from a request: more than 100 headers are refused',
    file: 'shared/src/http/header-limit.ts',
    from: 'return names.length - added.size > MOST_HEADERS;',
    to: 'return names.length - added.size > 100 * MOST_HEADERS;',
  },
  {
    name: "a route's contract says who may call it, and paths match it exactly",
    file: 'services/gateway/src/guard/access.ts',
    from: "?? 'admins';",
    to: "?? 'customers';",
  },
  {
    name: 'the services check it themselves, not only the gateway',
    file: 'shared/src/http/app.ts',
    from: '      mustBeAllowed(contract.access, caller);\n',
    to: '',
  },
  {
    name: 'with tokens, the gateway does not start if the services trust every caller',
    file: 'services/gateway/src/guard/config.ts',
    from: "if (AUTH_MODE === 'jwt' && !INTERNAL_TOKEN) {",
    to: "if (AUTH_MODE === 'jwt' && INTERNAL_TOKEN === 'none') {",
  },
  {
    name: 'no two customers have one id, whatever their tokens call them',
    file: 'services/gateway/src/guard/claims.ts',
    from: 'CustomerId.safeParse(sub).success && !MADE.test(sub)',
    to: 'CustomerId.safeParse(sub).success',
  },
  {
    name: "an idempotency key never returns another user's answer",
    file: 'services/gateway/src/guard/guard.ts',
    from: 'const keyOf = ({ id }: Identity, key: string) =>',
    to: "const keyOf = (_: Identity, key: string, id = '') =>",
    machines: ['simulation'],
  },
  {
    name: 'a misspelled filter is refused',
    file: 'shared/src/http/query.ts',
    from: 'if (!known.has(name)) throw',
    to: 'if (known.size < 0) throw',
  },
  {
    name: 'without tokens, requests from foreign web pages are refused (CSRF)',
    file: 'shared/src/http/from-here.ts',
    from: ' && hostOf(origin) !== host?.toLowerCase() && ',
    to: ' && hostOf(origin) === undefined && ',
  },
];
