import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { realWorld } from '../world.ts';
import { MemoryStore } from './memory.ts';
import { PostgresStore } from './postgres.ts';
import type { Store } from './store.ts';
import { showStore } from './store-metrics.ts';

/** The lines of a store's metrics. */
function watched(store: Store<unknown>) {
  const metrics = createMetrics('thing');
  showStore(store, metrics);
  return async () => {
    const lines = (await metrics.registry.metrics()).match(/^(store|postgres)_.*$/gm) ?? [];
    return lines.map((line) => line.replace(/,?service="thing"/, '').replace('{}', ''));
  };
}

it('a store that answers is reachable, a failing one is not', async () => {
  const store = new MemoryStore<unknown>(realWorld);
  const lines = watched(store);
  expect(await lines()).toContain('store_reachable 1');
  store.ping = async () => {
    throw new Error('gone');
  };
  expect(await lines()).toContain('store_reachable 0');
});

it('a store in memory is full while the heap has no room, and has room again once that is free', async () => {
  let isLeft = true;
  const lines = watched(new MemoryStore<unknown>(realWorld, { isLeft: () => isLeft }));
  expect(await lines()).toContain('store_full 0');
  isLeft = false;
  expect(await lines()).toContain('store_full 1');
  isLeft = true;
  expect(await lines()).toContain('store_full 0');
});

describeDurable('connections to PostgreSQL', () => {
  let url: string;
  let store: PostgresStore<unknown>;
  beforeEach(async () => {
    url = await freshDatabase();
    store = new PostgresStore(url);
  });
  afterEach(() => store?.close());

  it('are busy or idle, and waiting queries are counted', async () => {
    const lines = watched(store);
    await store.ping();
    expect(await lines()).toContain('postgres_pool_connections{state="busy"} 0');
    expect(await lines()).not.toContain('store_full 0');
    const locking = new pg.Client({ connectionString: url });
    await locking.connect();
    await locking.query('BEGIN; LOCK TABLE docs');
    const reads = Array.from({ length: 15 }, (_, i) => store.read(`${i}`));
    await until(() => store.load.busy === 10);
    const full = ['postgres_pool_connections{state="busy"} 10', 'postgres_pool_connections{state="idle"} 0'];
    expect((await lines()).slice(0, 3)).toEqual([...full, 'postgres_pool_waiting 5']);
    await locking.end();
    await Promise.all(reads);
    await until(() => store.load.idle === 10);
    const free = ['postgres_pool_connections{state="busy"} 0', 'postgres_pool_connections{state="idle"} 10'];
    expect((await lines()).slice(0, 3)).toEqual([...free, 'postgres_pool_waiting 0']);
  });
});
