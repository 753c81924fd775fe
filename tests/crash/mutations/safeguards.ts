/** A safeguard, and the edit that takes it away. The tests named are those that ought to notice. */
export interface Safeguard {
  name: string;
  file: string;
  from: string;
  to: string;
  tests: readonly string[];
}

const JOURNAL = 'services/order/src/saga-journal.ts';
const RUNNER = 'services/order/src/saga-runner.ts';
const STOCK = 'services/inventory/src/stock.ts';
const WRITER = 'shared/src/store/postgres-writer.ts';
const STATEMENTS = 'shared/src/store/postgres-statements.ts';

export const SAFEGUARDS: readonly Safeguard[] = [
  {
    name: 'version check: a runner that lost its lease writes nothing',
    file: JOURNAL,
    from: 'if (known?.lease?.token !== this.#token) throw new LeaseLost();',
    to: 'if (!known) throw new LeaseLost();',
    tests: ['services/order'],
  },
  {
    name: 'lease: an order that somebody works on is left alone',
    file: 'services/order/src/order-book.ts',
    from: '  if (lease) return lease.until;\n',
    to: '',
    tests: ['services/order'],
  },
  {
    name: 'decision before undo',
    file: RUNNER,
    from: 'await this.#write(undoing(this.#order, this.#saga, toUndo.reverse(), failure));',
    to: 'for (const event of undoing(this.#order, this.#saga, toUndo.reverse(), failure)) this.#journal.note(event);',
    tests: ['services/order'],
  },
  {
    name: 'idempotency record',
    file: 'shared/src/http/request.ts',
    from: 'return { key, fingerprint: hash(',
    to: "return key !== '' ? undefined : { key, fingerprint: hash(",
    tests: ['shared/src/http', 'services/inventory', 'services/payment'],
  },
  {
    name: 'tombstone in inventory',
    file: STOCK,
    from: "if (reservation) throw closed(reservation, 'reserved');",
    to: "if (reservation && reservation.status !== 'RELEASED') throw closed(reservation, 'reserved');",
    tests: ['services/inventory'],
  },
  {
    name: 'tombstone in payment',
    file: 'services/payment/src/payment.ts',
    from: 'if (!known) return ask(begun(wish',
    to: "if (!known || known.method === 'none') return ask(begun(wish",
    tests: ['services/payment'],
  },
  {
    name: 'tombstone in shipping',
    file: 'services/shipping/src/shipment.ts',
    from: "if (known) throw new Refusal(409, 'SHIPMENT_CLOSED'",
    to: "if (known && known.kind !== 'tombstone') throw new Refusal(409, 'SHIPMENT_CLOSED'",
    tests: ['services/shipping'],
  },
  {
    name: 'reserve only what is there',
    file: STOCK,
    from: '.filter(({ requested, available }) => requested > available)',
    to: '.filter(({ requested, available }) => requested > available + 1_000_000)',
    tests: ['services/inventory'],
  },
  {
    name: 'documents are locked while they are decided about',
    file: STATEMENTS,
    from: 'ORDER BY id FOR UPDATE',
    to: 'ORDER BY id',
    tests: ['shared/src/store'],
  },
  {
    name: 'a COMMIT whose answer was lost is found out',
    file: WRITER,
    from: 'return rows[0]?.fingerprint === COMMITTED;',
    to: "return rows[0]?.fingerprint === COMMITTED && batch.id === '';",
    tests: ['shared/src/store'],
  },
  {
    name: 'a COMMIT that was given up is not taken for one',
    file: WRITER,
    from: 'return rows[0]?.fingerprint === COMMITTED;',
    to: 'return rows[0]?.fingerprint === COMMITTED || rows.length > 0;',
    tests: ['shared/src/store'],
  },
  {
    name: 'positions of the feed are taken one transaction after the other',
    file: STATEMENTS,
    from: 'UPDATE feed SET last = last + $1 RETURNING last - $1 AS base',
    to: 'SELECT (extract(epoch FROM clock_timestamp()) * 10000)::bigint AS base WHERE $1::int > 0',
    tests: ['shared/src/store'],
  },
];
