import type { Mutation } from './mutation.ts';

const TRANSACTIONS = 'shared/src/store/postgres-transactions.test.ts';

/** More mutations for the promises: a row of docs/guarantees.md has only one. */
export const SAFEGUARDS: readonly Mutation[] = [
  {
    name: 'lease: an order with a runner is not taken up by another',
    file: 'services/order/src/book/order-book.ts',
    from: '  if (lease) return lease.until;\n',
    to: '',
    test: {
      file: 'services/order/src/runner/dispatcher.test.ts',
      title: 'is taken over when the lease is over, and not before',
    },
    machines: ['simulation'],
  },
  {
    name: 'stock: no oversell',
    file: 'services/inventory/src/domain/stock.ts',
    from: '.filter(({ requested, available }) => requested > available)',
    to: '.filter(({ requested, available }) => requested > available + 1_000_000)',
    test: {
      file: 'services/inventory/src/domain/stock.test.ts',
      title: 'is refused when a product is out of stock, with the product and the quantity left',
    },
    machines: ['simulation', 'crash'],
  },
  {
    name: 'a write stores its idempotency key',
    file: 'services/product/src/app.ts',
    from: 'carryOut(parts, [productId], input, ',
    to: 'carryOut(parts, [productId], { ...input, request: undefined }, ',
    test: {
      file: 'tests/e2e/bad-input.test.ts',
      title: 'that writes is idempotent: a retry with its key has the same answer',
    },
  },
  {
    name: 'a COMMIT that was given up does not count as committed',
    file: 'shared/src/store/postgres-writer.ts',
    from: 'return rows[0]?.fingerprint === COMMITTED;',
    to: 'return rows[0]?.fingerprint === COMMITTED || rows.length > 0;',
    test: { file: TRANSACTIONS, title: 'before the commit: the write is tried again, and happens once' },
    machines: ['crash'],
  },
  {
    name: 'positions of the feed are numbers without gaps',
    file: 'shared/src/store/postgres-statements.ts',
    from: 'UPDATE feed SET last = last + $1 RETURNING last - $1 AS base',
    to: 'SELECT (extract(epoch FROM clock_timestamp()) * 10000)::bigint AS base WHERE $1::int > 0',
    test: {
      file: TRANSACTIONS,
      title: 'of several replicas move money between the same accounts without a loss or a deadlock',
    },
    machines: ['crash'],
  },
  {
    name: 'an interrupted saga undoes every step',
    file: 'services/order/src/runner/run.ts',
    from: 'steps.filter((step) => interrupted || ',
    to: 'steps.filter((step) => (interrupted && !step) || ',
    machines: ['simulation'],
  },
  {
    name: 'a fulfilment is not cancelled after its pivot',
    file: 'services/order/src/domain/rules.ts',
    from: "const busy = saga && (command !== 'cancel' || saga.phase === 'undoing' || saga.pivotPassed);",
    to: "const busy = saga && (command !== 'cancel' || saga.phase === 'undoing');",
    machines: ['simulation'],
  },
  {
    name: 'an order leased by a clock that was ahead is taken up',
    file: 'services/order/src/runner/dispatcher.ts',
    from: '...this.#stranded],',
    to: '],',
    machines: ['simulation'],
  },
  {
    name: 'events that were not handled are read again',
    file: 'shared/src/events/feed-source.ts',
    from: "await handOverFeed(service, page.events, 'fromFeed', handle, parts);",
    to: "await handOverFeed(service, page.events, 'fromFeed', handle, parts).catch(() => {});",
    machines: ['simulation'],
  },
  {
    name: 'parts: no parcel is captured beyond what was authorized',
    file: 'services/payment/src/domain/payment.ts',
    from: 'if (amountCents > most || most === 0)',
    to: 'if (amountCents > known.amountCents || most === 0)',
    test: {
      file: 'services/payment/src/domain/payment.test.ts',
      title: 'takes all that is left without an amount, and never more',
    },
  },
  {
    name: 'parts: an undone parcel has a number of its own, and the next one another',
    file: 'services/order/src/domain/part-commands.ts',
    from: 'number: (partsOf(order).begun[kind] ?? 0) + 1,',
    to: 'number: partsOf(order).parcels.length + 1,',
    machines: ['simulation'],
  },
  {
    name: 'parts: no more is given back than was captured, whatever was refunded without goods',
    file: 'services/order/src/domain/part-commands.ts',
    from: 'return Math.min(more, capturedCents - refundedCents);',
    to: 'return more;',
    machines: ['simulation'],
  },
  {
    name: 'parts: only what has arrived is taken back',
    file: 'services/order/src/domain/parts.ts',
    from: "['DELIVERED', 'RETURNED', 'CANCELLED'].includes(status)",
    to: "status !== 'EXCEPTION'",
    test: { file: 'tests/e2e/parts.test.ts', title: 'takes back only what has arrived' },
  },
  {
    name: 'parts: a customer does not say what is charged',
    file: 'services/order/src/api/access.ts',
    from: 'if (owner !== undefined && order.charges) {',
    to: 'if (owner !== undefined && order.charges && order.items.length === 0) {',
    test: {
      file: 'services/order/src/api/access.test.ts',
      title: 'has a customer who is refused charges of his own',
    },
    machines: ['simulation'],
  },
];
