import { type RunningService, runAsProcess } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { beforeServing } from '@oms/shared/store/patience';
import { createApp } from './app.ts';
import { CatalogSearch } from './catalog-search.ts';
import { type Config, readConfig } from './config.ts';
import type { Product } from './domain/product.ts';
import { seed } from './seed.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<Product>('product', config, MIGRATIONS);
  parts.metrics.collectProcess();
  const search = new CatalogSearch(parts.store);
  await beforeServing(parts, async () => {
    await seed(parts);
    await search.catchUp();
  });
  return serve(createApp({ ...parts, search }), parts, config);
}

await runAsProcess(import.meta.url, 'product', () => start(readConfig(process.env)));
