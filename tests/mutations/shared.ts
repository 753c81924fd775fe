import type { Mutation } from './mutation.ts';

const inShared = (path: string) => `shared/src/${path}`;
const inGateway = (path: string) => `services/gateway/src/${path}`;

/** Mutations of shared code and the gateway, beyond the rows of docs/guarantees.md. */
export const OF_SHARED: readonly Mutation[] = [
  {
    name: 'resilience: what was found behind a name last counts while nothing is found',
    file: inShared('resilience/names.ts'),
    from: 'if (hosts.length === 0) return;',
    to: '',
    test: {
      file: inShared('resilience/names.test.ts'),
      title: 'keeps them while it cannot be looked up, or stands for nobody',
    },
  },
  {
    name: 'store: missing migrations are waited for',
    file: inShared('store/patience.ts'),
    from: '|behind|SERVICE_UNAVAILABLE',
    to: '|SERVICE_UNAVAILABLE',
    test: { file: inShared('store/open.test.ts'), title: 'waits for migrations that somebody else applies' },
  },
  {
    name: 'store: of several servers a standby is not used',
    file: inShared('store/postgres-primary.ts'),
    from: "return rows[0].transaction_read_only === 'on';",
    to: 'return rows.length > 1;',
    test: {
      file: inShared('store/postgres-primary.test.ts'),
      title: 'none is used while none takes writes: the store is not available, and then it is',
    },
  },
  {
    name: 'store: an unknown commit is asked for by a write, which waits for the standby',
    file: inShared('store/postgres-statements.ts'),
    from: 'DO UPDATE SET expires_at = excluded.expires_at`',
    to: 'DO NOTHING`',
    test: {
      file: inShared('store/postgres-standby.test.ts'),
      title: 'a write whose wait for it was broken off is said to be done only once it is there',
    },
  },
  {
    name: 'memory: expired idempotency keys are deleted',
    file: inShared('store/memory.ts'),
    from: '      this.#requests.delete(oldest);\n',
    to: '',
    test: {
      file: inShared('store/memory.test.ts'),
      title: 'is deleted when another is remembered: memory does not fill up with expired answers',
    },
  },
  {
    name: 'client: an address at which a call failed is skipped',
    file: inShared('resilience/client.ts'),
    from: '      addresses.failed(origin);\n',
    to: '',
    test: {
      file: inShared('resilience/client.test.ts'),
      title: 'the one at which a call failed is left out, so that no other call needs a retry',
    },
  },
  {
    name: 'client: a finished call is not counted as in flight',
    file: inShared('resilience/client.ts'),
    from: '      addresses.release(origin);\n',
    to: '',
    test: {
      file: inShared('resilience/client.test.ts'),
      title: 'the one with fewer calls under way gets the next, and a call that is over does not count',
    },
  },
  {
    name: 'client: an address that recovered can be used, and skipped, again',
    file: inShared('resilience/addresses.ts'),
    from: '    this.#probing = undefined;\n',
    to: '',
    test: {
      file: inShared('resilience/addresses.test.ts'),
      title: 'is not probed once it is back, and again after its next failure',
    },
  },
  {
    name: 'client: a call aborted before it has a connection is never sent',
    file: inShared('resilience/transport.ts'),
    from: '    if (this.signal.aborted) controller.abort(this.signal.reason as Error);\n',
    to: '',
    test: {
      file: inShared('resilience/deadline.test.ts'),
      title: 'is never sent when it is aborted while it waits for a connection',
    },
  },
  {
    name: 'client: a call leaves no listener behind on the signal of its caller',
    file: inShared('resilience/client.ts'),
    from: "      signal?.removeEventListener('abort', forward);\n",
    to: '',
    test: {
      file: inShared('resilience/deadline.test.ts'),
      title: 'leaves no listener behind on the signal, whether it succeeds or fails',
    },
  },
  {
    name: 'transport: an exchange leaves no listener behind on its signal',
    file: inShared('resilience/transport.ts'),
    from: "  onResponseEnd(): void {\n    this.signal.removeEventListener('abort', this.#abort);\n",
    to: '  onResponseEnd(): void {\n',
    test: {
      file: inShared('resilience/deadline.test.ts'),
      title: 'leaves no listener behind on the signal, whether it succeeds or fails',
    },
  },
  {
    name: 'config: a number has an upper bound',
    file: inShared('service/config.ts'),
    from: 'z.int().min(min).max(max)',
    to: 'z.int().min(min)',
    test: { file: inShared('service/config.test.ts'), title: '%s may be as much as %i, and no more' },
  },
  {
    name: 'config: INTERNAL_TOKEN has a minimum length',
    file: inShared('service/config.ts'),
    from: '    .min(16)\n',
    to: '',
    test: {
      file: inShared('service/config.test.ts'),
      title: 'has 16 characters at least: a shorter one could be guessed',
    },
  },
  {
    name: 'streams: a stream without events sends a heartbeat',
    file: inShared('http/sse.ts'),
    from: "setInterval(() => this.sendIfRead(': still here\\n\\n'), HEARTBEAT_MS)",
    to: 'setInterval(() => {}, HEARTBEAT_MS)',
    test: {
      file: inShared('http/event-streams.test.ts'),
      title: 'sends a heartbeat every 15 s, and none any more when it is over',
    },
  },
  {
    name: 'gateway: the internal token of a client is not passed on',
    file: inGateway('headers.ts'),
    from: "  'x-internal-token',\n",
    to: '',
    test: {
      file: inGateway('proxy.test.ts'),
      title: 'claim that it is a service where there is no INTERNAL_TOKEN, either',
    },
  },
  {
    name: 'gateway: the rate limit for tokens is by address',
    file: inGateway('guard/limits.ts'),
    from: "limit('tokens', config.RATE_LIMIT_TOKENS, byAddress)",
    to: "limit('tokens', config.RATE_LIMIT_TOKENS, byClient)",
    test: {
      file: inGateway('guard/limits.test.ts'),
      title: 'gets no more of them with a token: the limit is by address, not by user',
    },
  },
  {
    name: 'gateway: a request whose method takes no idempotency key is not retried',
    file: inGateway('forwarding.ts'),
    from: "headers['idempotency-key'] !== undefined;",
    to: 'headers !== undefined;',
    test: {
      file: inGateway('forwarding.test.ts'),
      title: 'has a request whose method takes no Idempotency-Key sent to no other address',
    },
  },
];
