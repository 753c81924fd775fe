import { type RunningService, runAsProcess } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import type { InventoryDoc } from './domain/stock.ts';
import { seed } from './seed.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<InventoryDoc>('inventory', config, MIGRATIONS);
  parts.metrics.collectProcess();
  await seed(parts);
  return serve(createApp(parts), parts, config);
}

await runAsProcess(import.meta.url, 'inventory', () => start(readConfig(process.env)));
