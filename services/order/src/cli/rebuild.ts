import { parseArgs } from 'node:util';
import { runCommand } from '@oms/shared/service/command';
import { ConfigError, parseEnv } from '@oms/shared/service/config';
import { openStore } from '@oms/shared/store/open';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { realWorld } from '@oms/shared/world';
import { closedToOlder } from '../book/closed-to-older.ts';
import { openCopies } from '../book/open-copies.ts';
import type { OrderDoc } from '../book/order-book.ts';
import { rebuildOrders } from '../book/rebuild.ts';
import { variables } from '../config.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** Compares every order with its events. Without --check an order that differs is rebuilt. */
await runCommand(async (print) => {
  const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
  const { DATABASE_URL, REDIS_URL } = parseEnv(
    { DATABASE_URL: variables.DATABASE_URL, REDIS_URL: variables.REDIS_URL },
    process.env,
  );
  if (!DATABASE_URL) throw new ConfigError('DATABASE_URL is not set: it names the server that has the orders.');
  const log = createLogger('order', 'warn');
  const settings = { DATABASE_URL, MIGRATE: 'manual' } as const;
  const store = closedToOlder(await openStore<OrderDoc>('order', settings, [MIGRATIONS], realWorld, log));
  const copies = await openCopies({ store, log, world: realWorld, metrics: createMetrics('order') }, REDIS_URL);
  try {
    const { orders, differing, remaining } = await rebuildOrders(store, realWorld.now, !check, copies);
    for (const id of differing) {
      if (check) print(`${id} differs from its events`);
      else print(remaining.includes(id) ? `${id} cannot be rebuilt: its events are not complete` : `${id} rebuilt`);
    }
    print(`${orders} orders, ${differing.length} differ`);
    return remaining.length === 0;
  } finally {
    copies?.close();
    await store.close();
  }
});
