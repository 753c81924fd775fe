import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { migrate } from '@oms/shared/store/migrate';
import type { Fault } from '../fault.ts';
import { again, type Stage } from '../stage.ts';

/** A process hangs. */
const frozen: Fault = async (stage) => {
  stage.signal('notification', 'SIGSTOP');
  return async () => stage.signal('notification', 'SIGCONT');
};

const databaseGone: Fault = async ({ postgres }) => {
  await postgres.goAway();
  return () => postgres.restart();
};

/** More customers at once than calls may be under way, to a service that is slow. */
const crowded: Fault = async (stage) => {
  await stage.chaos('inventory', { latencyMs: 1_000 });
  const stop = again(40, () => stage.place());
  return async () => {
    await stage.calm('inventory');
    await stop();
  };
};

/** One client asks all the time. */
const tooOften: Fault = async (stage) => again(5, () => stage.ask('gateway', 'GET', '/products'));

/** A process gets the CPU only now and then. */
const stuttering: Fault = async (stage) => {
  const stop = again(1, async () => {
    stage.signal('product', 'SIGSTOP');
    await pause(400);
    stage.signal('product', 'SIGCONT');
    await pause(100);
  });
  return stop;
};

/** Products with many words in them, which the product service keeps in memory, to search them. */
const addProducts = (stage: Stage, count: number): Promise<string[]> => {
  const description = () => Array.from({ length: 120 }, () => Math.random().toString(36).slice(2)).join(' ');
  const added = Array.from({ length: count }, async () => {
    const product = { name: 'drill', price: 1, description: description() };
    return (await stage.ask('product', 'POST', '/products', product))?.id as string;
  });
  return Promise.all(added);
};

async function removeProducts(stage: Stage, ids: readonly string[]): Promise<void> {
  const left = [...ids];
  const removing = Array.from({ length: 16 }, async () => {
    for (let id = left.pop(); id; id = left.pop()) await stage.ask('product', 'DELETE', `/products/${id}`);
  });
  await Promise.all(removing);
  await stage.ask('product', 'GET', '/products/search/drill');
}

/** Somebody searches for twenty words at once, each of which begins many others. */
const searched: Fault = async (stage) => {
  const added: string[] = [];
  while (added.length < 600) added.push(...(await addProducts(stage, 20)));
  const words = [...'abcdefghij0123456789'].join('%20');
  const stop = again(16, () => stage.ask('product', 'GET', `/products/search/${words}?limit=1`));
  return async () => {
    await stop();
    await removeProducts(stage, added);
  };
};

/** A catalog grows; not further than it can, which would end the process. */
const heavy: Fault = async (stage) => {
  const added: string[] = [];
  const stop = again(1, async () => {
    const [used = 0, limit = 1] = await stage.metrics('product', /^nodejs_heap_size_(?:used|limit)_bytes.* (\d+)$/gm);
    if (used / limit > 0.78) return pause(500);
    added.push(...(await addProducts(stage, 25)));
    await stage.ask('product', 'GET', '/products/search/drill');
  });
  return async () => {
    await stop();
    await removeProducts(stage, added);
  };
};

/** A migration takes long, and locks a table, while customers look at their orders. */
const locked: Fault = async (stage) => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  writeFileSync(join(folder, '001-slow.sql'), 'LOCK TABLE docs; SELECT pg_sleep(30)');
  const migrated = migrate(`${stage.postgres.url()}/oms_order`, [pathToFileURL(`${folder}/`)]);
  const stop = again(30, () => stage.ask('order', 'GET', '/orders/none'));
  return async () => {
    await migrated;
    await stop();
    rmSync(folder, { recursive: true });
  };
};

export const processes: Record<string, Fault> = {
  InstanceDown: frozen,
  BulkheadFull: crowded,
  ClientsRateLimited: tooOften,
  EventLoopBlocked: stuttering,
  CpuSaturated: searched,
  HeapNearlyFull: heavy,
  PostgresPoolExhausted: locked,
  StoreUnreachable: databaseGone,
};
