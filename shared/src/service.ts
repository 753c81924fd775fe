import { createRequire } from 'node:module';
import type { Express } from 'express';
import type { ServiceParts } from './http/app.ts';
import { ChaosControl } from './http/chaos.ts';
import { Lifecycle } from './http/lifecycle.ts';
import { listen } from './http/server.ts';
import type { RunningService } from './process.ts';
import { openStore, type StoreConfig } from './store/open.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { realWorld } from './world.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

export interface ServiceConfig extends StoreConfig {
  PORT: number;
  HOST?: string | undefined;
  LOG_LEVEL: string;
  CHAOS_MODE: boolean;
  CHAOS_API: boolean;
  DRAIN_MS: number;
}

/** The parts that every service is made of, in their real form. `migrations` are the folders with SQL of its own. */
export async function createParts<D>(
  service: string,
  config: ServiceConfig,
  ...migrations: readonly URL[]
): Promise<ServiceParts<D>> {
  const log = createLogger(service, config.LOG_LEVEL);
  return {
    service,
    version,
    world: realWorld,
    log,
    metrics: createMetrics(service),
    store: await openStore<D>(service, config, migrations, realWorld, log),
    lifecycle: new Lifecycle(),
    chaos: new ChaosControl(realWorld, config.CHAOS_MODE),
    chaosApi: config.CHAOS_API,
  };
}

/** Listens, and ends in order: no new requests, those in flight answered, background work stopped, store closed. */
export async function serve<D>(
  app: Express,
  { lifecycle, log, store }: ServiceParts<D>,
  { PORT, HOST, DRAIN_MS }: ServiceConfig,
  background: { stop(): Promise<void> } = { stop: async () => {} },
): Promise<RunningService> {
  const server = await listen(app, lifecycle, { port: PORT, ...(HOST ? { host: HOST } : {}) });
  log.info('ready', { port: server.port });
  return {
    port: server.port,
    async stop() {
      lifecycle.drain();
      await server.close(DRAIN_MS);
      await background.stop();
      await store.close();
      log.info('stopped');
    },
  };
}
