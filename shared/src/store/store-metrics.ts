import { Gauge } from 'prom-client';
import { inTime } from '../telemetry/from-store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { MemoryStore } from './memory.ts';
import { PostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

/** The state of a service's store. */
export function showStore<D>(store: Store<D>, { registry }: Pick<Metrics, 'registry'>): void {
  const registers = [registry];
  // Before all metrics that query the store, so that their own queries are not counted.
  if (store instanceof PostgresStore) showPool(store, registers);
  if (store instanceof MemoryStore) showRoom(store, registers);
  new Gauge({
    name: 'store_reachable',
    help: '1 while the store answers and takes writes, 0 while it does not',
    registers,
    async collect() {
      const answer = inTime(store.ping());
      this.set(
        await answer.then(
          () => 1,
          () => 0,
        ),
      );
    },
  });
}

/** Shown for stores that can be full. */
function showRoom<D>(store: MemoryStore<D>, registers: Metrics['registry'][]): void {
  new Gauge({
    name: 'store_full',
    help: '1 while the heap has no room for new orders, 0 while it has',
    registers,
    collect() {
      this.set(store.hasRoom() ? 0 : 1);
    },
  });
}

function showPool<D>(store: PostgresStore<D>, registers: Metrics['registry'][]): void {
  new Gauge({
    name: 'postgres_pool_connections',
    help: 'Connections to PostgreSQL',
    labelNames: ['state'] as const,
    registers,
    collect() {
      const { busy, idle } = store.load;
      this.set({ state: 'busy' }, busy);
      this.set({ state: 'idle' }, idle);
    },
  });
  new Gauge({
    name: 'postgres_pool_waiting',
    help: 'Queries that wait for a connection to PostgreSQL',
    registers,
    collect() {
      this.set(store.load.waiting);
    },
  });
}
