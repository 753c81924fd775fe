import type { Mutation } from './mutation.ts';

const JOURNAL = 'services/order/src/saga-journal.ts';
const RUNNER = 'services/order/src/saga-runner.ts';
const STOCK = 'services/inventory/src/stock.ts';
const WRITER = 'shared/src/store/postgres-writer.ts';
const TRANSACTIONS = 'shared/src/store/postgres-transactions.test.ts';
const STATEMENTS = 'shared/src/store/postgres-statements.ts';

export const SAFEGUARDS: readonly Mutation[] = [
  {
    name: 'version check: a runner that lost its lease writes nothing',
    file: JOURNAL,
    from: 'if (known?.lease?.token !== this.#token) throw new LeaseLost();',
    to: 'if (!known) throw new LeaseLost();',
    machines: ['simulation', 'crash'],
  },
  {
    name: 'lease: an order that somebody works on is left alone',
    file: 'services/order/src/order-book.ts',
    from: '  if (lease) return lease.until;\n',
    to: '',
    machines: ['simulation', 'crash'],
  },
  {
    name: 'decision before undo',
    file: RUNNER,
    from: 'await this.#write(undoing(this.#order, this.#saga, toUndo.reverse(), failure));',
    to: 'for (const event of undoing(this.#order, this.#saga, toUndo.reverse(), failure)) this.#journal.note(event);',
    machines: ['simulation', 'crash'],
  },
  {
    name: 'idempotency record',
    file: 'shared/src/http/request.ts',
    from: 'return { key, fingerprint: hash(',
    to: "return key !== '' ? undefined : { key, fingerprint: hash(",
    machines: ['simulation', 'crash'],
  },
  {
    name: 'tombstone in inventory',
    file: STOCK,
    from: "if (reservation) throw closed(reservation, 'reserved');",
    to: "if (reservation && reservation.status !== 'RELEASED') throw closed(reservation, 'reserved');",
    machines: ['simulation', 'crash'],
  },
  {
    name: 'tombstone in payment',
    file: 'services/payment/src/payment.ts',
    from: 'if (!known) return ask(begun(wish',
    to: "if (!known || known.method === 'none') return ask(begun(wish",
    machines: ['simulation', 'crash'],
  },
  {
    name: 'tombstone in shipping',
    file: 'services/shipping/src/shipment.ts',
    from: "if (known) throw new Refusal(409, 'SHIPMENT_CLOSED'",
    to: "if (known && known.kind !== 'tombstone') throw new Refusal(409, 'SHIPMENT_CLOSED'",
    machines: ['simulation', 'crash'],
  },
  {
    name: 'reserve only what is there',
    file: STOCK,
    from: '.filter(({ requested, available }) => requested > available)',
    to: '.filter(({ requested, available }) => requested > available + 1_000_000)',
    machines: ['simulation', 'crash'],
  },
  {
    name: 'documents are locked while they are decided about',
    file: STATEMENTS,
    from: 'ORDER BY id FOR UPDATE',
    to: 'ORDER BY id',
    test: {
      file: TRANSACTIONS,
      title: 'of several replicas to one document build on each other, even if they tell of no event',
    },
    machines: ['crash'],
  },
  {
    name: 'a COMMIT whose answer was lost is found out',
    file: WRITER,
    from: 'return rows[0]?.fingerprint === COMMITTED;',
    to: "return rows[0]?.fingerprint === COMMITTED && batch.id === '';",
    test: { file: TRANSACTIONS, title: 'after it was carried out: the write happened once, and says so' },
    machines: ['crash'],
  },
  {
    name: 'a COMMIT that was given up is not taken for one',
    file: WRITER,
    from: 'return rows[0]?.fingerprint === COMMITTED;',
    to: 'return rows[0]?.fingerprint === COMMITTED || rows.length > 0;',
    test: { file: TRANSACTIONS, title: 'before it was carried out: the write is made again, and happens once' },
    machines: ['crash'],
  },
  {
    name: 'positions of the feed are taken one transaction after the other',
    file: STATEMENTS,
    from: 'UPDATE feed SET last = last + $1 RETURNING last - $1 AS base',
    to: 'SELECT (extract(epoch FROM clock_timestamp()) * 10000)::bigint AS base WHERE $1::int > 0',
    test: {
      file: TRANSACTIONS,
      title:
        'of several replicas move money between the same accounts without losing any, or waiting for each other for ever',
    },
    machines: ['crash'],
  },
];
