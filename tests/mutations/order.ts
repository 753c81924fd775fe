import type { Mutation } from './mutation.ts';

const AUDIT = 'services/order/src/audit/audit.ts';
const AUDIT_TEST = 'services/order/src/audit/audit.test.ts';
const DISPATCHER = 'services/order/src/runner/dispatcher.ts';
const SENDER = 'services/notification/src/sender.ts';
const PAYMENT = 'services/payment/src';
const GRACE_TEST = {
  file: 'services/notification/src/sender.test.ts',
  title: 'aborts an attempt that hangs when its grace is over, and not before; it is made again later',
};
const PROVIDER_TEST = {
  file: `${PAYMENT}/unreliable-provider.test.ts`,
  title: 'is waited for until its timeout, and counts as reachable while it answers a ping',
};
const LOOKING_TEST = {
  file: 'shared/src/store/due-work.test.ts',
  title: 'a stop during a look waits for it, too, and begins nothing that it finds',
};

/** Mutations of the order, payment, inventory, shipping and notification services, beyond the rows of docs/guarantees.md. */
export const OF_SERVICES: readonly Mutation[] = [
  {
    name: 'an order in parts is closed to versions that know none',
    file: 'services/order/src/book/closed-to-older.ts',
    from: 'if (!order.parts) return doc;',
    to: 'if (order) return doc;',
    test: {
      file: 'services/order/src/book/closed-to-older.test.ts',
      title: 'looks to older versions as if it was being undone, behind the pivot: they refuse every command',
    },
  },
  {
    name: 'events during a write are kept',
    file: 'services/order/src/runner/journal.ts',
    from: 'this.#order = this.#noted.reduce(',
    to: 'this.#order = [].reduce(',
    test: {
      file: 'services/order/src/runner/run-trouble.test.ts',
      title: 'stays known as one that may have happened, and is undone when it is refused in the end',
    },
  },
  {
    name: 'an order that cannot be taken up is retried with backoff',
    file: DISPATCHER,
    from: 'work: (id) => this.#takeUp(id),',
    to: "work: (id) => this.#takeUp(id).catch((error) => log.error('it cannot be taken up', { error })),",
    test: {
      file: 'services/order/src/runner/dispatcher-overdue.test.ts',
      title: 'that cannot be read is tried again with backoff, and %i of them do not stop others',
    },
  },
  {
    name: 'a stop waits for the query for due work',
    file: 'shared/src/store/due-work.ts',
    from: '    await this.#looking;\n',
    to: '',
    test: LOOKING_TEST,
  },
  {
    name: 'a stop during the query for due work begins no work',
    file: 'shared/src/store/due-work.ts',
    from: 'if (!this.#stopped) for (const id of chosen)',
    to: 'for (const id of chosen)',
    test: LOOKING_TEST,
  },
  {
    name: 'a stopped dispatcher takes up no overdue order',
    file: DISPATCHER,
    from: '    if (this.#stopped) return;\n',
    to: '',
    test: {
      file: 'services/order/src/runner/dispatcher.test.ts',
      title: 'leaves an overdue order that it is still reading to other processes',
    },
  },
  {
    name: 'a call to the payment provider has a timeout',
    file: `${PAYMENT}/through-provider.ts`,
    from: 'AbortSignal.timeout(providerTimeoutMs)',
    to: 'AbortSignal.timeout(10 * providerTimeoutMs)',
    test: PROVIDER_TEST,
  },
  {
    name: 'the timeout of the payment provider is configurable',
    file: `${PAYMENT}/main.ts`,
    from: 'createApp({ ...parts, provider, providerTimeoutMs })',
    to: 'createApp({ ...parts, provider, providerTimeoutMs: 60_000 + 0 * providerTimeoutMs })',
    test: { file: PROVIDER_TEST.file, title: 'is unavailable' },
  },
  {
    name: 'the ping of the payment provider has a short timeout',
    file: `${PAYMENT}/provider-trouble.ts`,
    from: 'Math.min(PING_MS, providerTimeoutMs)',
    to: 'providerTimeoutMs',
    test: PROVIDER_TEST,
  },
  {
    name: 'an error of the payment provider is not taken for a timeout',
    file: `${PAYMENT}/provider-trouble.ts`,
    from: 'tookTooLong && ',
    to: '',
    test: { file: PROVIDER_TEST.file, title: 'before its timeout is not pinged' },
  },
  {
    name: 'a stopped sender lets attempts finish',
    file: SENDER,
    from: 'setTimeout(() => ending.abort(), GRACE_MS)',
    to: 'setTimeout(() => ending.abort(), 0)',
    test: GRACE_TEST,
  },
  {
    name: 'a stopped sender aborts attempts that hang',
    file: SENDER,
    from: 'setTimeout(() => ending.abort(), GRACE_MS)',
    to: 'setTimeout(() => {}, GRACE_MS)',
    test: GRACE_TEST,
  },
  {
    name: 'an order that changes during the audit is no discrepancy',
    file: AUDIT,
    from: 'before?.version !== after?.version || ',
    to: '',
    test: { file: AUDIT_TEST, title: 'when it changes between the two looks at it' },
  },
  {
    name: 'an order whose saga has begun is no discrepancy',
    file: AUDIT,
    from: ' || after?.saga',
    to: '',
    test: { file: AUDIT_TEST, title: 'when a saga has begun to work on it' },
  },
  {
    name: 'a product whose stock moves during the audit is no discrepancy',
    file: AUDIT,
    from: 'after.get(productId)?.movements === movements',
    to: "productId !== ''",
    test: { file: AUDIT_TEST, title: 'when it %s meanwhile' },
  },
  {
    name: 'writes of a bookmark are sequential',
    file: 'shared/src/events/bookmarked-reader.ts',
    from: 'this.#kept.then(keep, keep)',
    to: 'keep()',
    test: {
      file: 'shared/src/events/bookmarked-reader.test.ts',
      title: 'moves the bookmark only forward, even when a write takes longer than the next step',
    },
  },
];
