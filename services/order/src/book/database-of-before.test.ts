import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Order as OrderSchema } from '@oms/shared/contracts/order';
import { STORE_MIGRATIONS } from '@oms/shared/store/migrate';
import { PostgresStore } from '@oms/shared/store/postgres';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { realWorld } from '@oms/shared/world';
import pg from 'pg';
import { describeDurable, freshDatabase } from '../../../../tests/support/database.ts';
import { until } from '../../../../tests/support/until.ts';
import { answers } from '../../test/bare-answers.ts';
import { Dispatcher } from '../runner/dispatcher.ts';
import { sagas } from '../sagas/all.ts';
import type { Call, Participants } from '../sagas/participants.ts';
import { createOrderMetrics } from './metrics.ts';
import { OrderBook, type OrderDoc } from './order-book.ts';
import { rebuildOrders } from './rebuild.ts';

/** Every order of a version before sagas said that they are done, some of them with a saga under way when it was killed. */
const ROWS = readFileSync(new URL('../../test/database-of-before.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { table: string; row: Record<string, string> });
const MIGRATIONS = new URL('../../migrations/', import.meta.url);

async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('DELETE FROM feed');
  for (const { table, row } of ROWS) {
    await client.query(`INSERT INTO ${table} SELECT * FROM json_populate_record(NULL::${table}, $1)`, [row]);
  }
  // Its answers are from a day that is long over.
  await client.query('UPDATE requests SET expires_at = $1', [Date.now() + 60_000]);
  await client.end();
}

/** Whatever is asked of them is done. */
const willing = (): Participants => {
  const call: Call = async () => ({ kind: 'done', status: 200, data: {} });
  const service = new Proxy({}, { get: () => call });
  return { inventory: service, payment: service, shipping: service } as Participants;
};

describeDurable('a database that an older version has filled', () => {
  let store: PostgresStore<OrderDoc>;
  let book: OrderBook;
  const metrics = createMetrics('order');
  beforeAll(async () => {
    const url = await freshDatabase([STORE_MIGRATIONS, MIGRATIONS]);
    await fill(url);
    store = new PostgresStore(url);
    book = new OrderBook(store, realWorld, createOrderMetrics(metrics, store, realWorld));
  });
  afterAll(() => store.close());

  const orders = async () => (await store.list({ limit: 100 })).items.map(({ data }) => data.order);
  const differing = async () => (await rebuildOrders(store, realWorld.now, false)).differing;
  const answerUnder = async (key: string) => {
    const known = ROWS.find(({ table, row }) => table === 'requests' && row.key === key);
    const fingerprint = known?.row.fingerprint as string;
    return (await store.write([], { key, fingerprint }, () => ({}))).answer;
  };

  it('has orders that are what their events say', async () => {
    expect(await orders()).toHaveLength(15);
    expect(await differing()).toEqual([]);
  });

  it('has orders that can be shown', async () => {
    for (const order of await orders()) expect(OrderSchema.safeParse(answers.render(order)).error).toBeUndefined();
  });

  it('remembers the answers to requests', async () => {
    expect(await answerUnder('confirmed')).toMatchObject({ status: 201 });
    expect(await answerUnder('declined')).toMatchObject({ status: 402 });
  });

  it('has sagas that go on, and end in an event that is newer', async () => {
    const unfinished = (await orders()).filter(({ saga }) => saga);
    expect(unfinished.map(({ saga }) => `${saga?.name} ${saga?.phase}`).sort()).toEqual([
      'fulfil-order forward',
      'place-order forward',
      'place-order undoing',
    ]);
    const settings = { leaseMs: 10_000, pollMs: 20, undoAlertAfterMs: 60_000 };
    const parts = { book, sagas, world: realWorld, log: createLogger('order', 'silent'), answerOf: answers.settled };
    const dispatcher = new Dispatcher({
      ...{
        ...parts,
        settings,
        participants: willing(),
        metrics: createOrderMetrics(createMetrics('order'), store, realWorld),
      },
    });
    dispatcher.start();
    await until(async () => (await orders()).every(({ saga }) => saga === undefined));
    await dispatcher.stop(0);
    const ends = await Promise.all(
      unfinished.map(
        async ({ id, version }) =>
          (await store.events({ stream: id, after: String(version), limit: 100 })).at(-1)?.type,
      ),
    );
    expect(ends.sort()).toEqual(['saga.done', 'saga.done', 'saga.undone']);
    expect(await differing()).toEqual([]);
  });
});
