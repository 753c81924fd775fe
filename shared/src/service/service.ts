import { createRequire } from 'node:module';
import type { Express } from 'express';
import { type KafkaTopics, openRelay } from '../events/open.ts';
import { listen } from '../http/server.ts';
import { MemoryStore } from '../store/memory.ts';
import { openStore, type StoreConfig } from '../store/open.ts';
import { showStore } from '../store/store-metrics.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { openTracer, type TraceConfig } from '../telemetry/open-tracer.ts';
import { realWorld } from '../world.ts';
import { ChaosControl, chaosRateOf } from './chaos.ts';
import { Lifecycle } from './lifecycle.ts';
import type { ServiceParts } from './parts.ts';
import type { RunningService } from './process.ts';

/** How long sending the last traces may take once the time for stopping is over. */
const FLUSH_MS = 500;

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

export interface ProcessConfig extends TraceConfig {
  PORT: number;
  HOST?: string | undefined;
  LOG_LEVEL: string;
  INTERNAL_TOKEN?: string | undefined;
  ALLOWED_HOSTS?: readonly string[] | undefined;
  KAFKA_BROKERS?: readonly string[] | undefined;
  KAFKA_TOPICS?: KafkaTopics | undefined;
  STREAMS_PER_CALLER: number;
  CHAOS_MODE: boolean;
  CHAOS_RATE?: Record<string, number> | undefined;
  CHAOS_API: boolean;
  KEEP_ALIVE_MS: number;
  DRAIN_MS: number;
}
export type ServiceConfig = ProcessConfig & StoreConfig;

/** The real parts of a service. `migrations` are the folders with its own SQL. */
export async function createParts<D>(
  service: string,
  config: ServiceConfig,
  ...migrations: readonly URL[]
): Promise<ServiceParts<D>> {
  const log = createLogger(service, config.LOG_LEVEL);
  const store = await openStore<D>(service, config, migrations, realWorld, log);
  const parts = await processParts(service, config, log);
  showStore(store, parts.metrics);
  return { ...parts, store };
}

/** The same for a process that stores only the answers to its requests. */
export async function createPartsWithoutStore(service: string, config: ProcessConfig): Promise<ServiceParts<never>> {
  const parts = await processParts(service, config, createLogger(service, config.LOG_LEVEL));
  return { ...parts, store: new MemoryStore<never>(realWorld) };
}

async function processParts(service: string, config: ProcessConfig, log: Logger) {
  const { now, random, newId } = realWorld;
  return {
    service,
    version,
    world: realWorld,
    log,
    metrics: createMetrics(service),
    tracer: await openTracer({ service, version, instance: newId(now()), random, log }, config),
    lifecycle: new Lifecycle(),
    chaos: new ChaosControl(realWorld, chaosRateOf(service, config)),
    chaosApi: config.CHAOS_API,
    streamsPerCaller: config.STREAMS_PER_CALLER,
    internalToken: config.INTERNAL_TOKEN,
    allowedHosts: [...(config.ALLOWED_HOSTS ?? []), ...(config.HOST ? [config.HOST] : [])],
  };
}

/**
 * Listens, and stops in order: takes no new requests, answers those in flight, stops background work, publishes events,
 * closes the store, sends the last traces.
 */
export async function serve<D>(
  app: Express,
  parts: ServiceParts<D>,
  config: ProcessConfig,
  background: { stop(): Promise<void> } = { stop: async () => {} },
): Promise<RunningService> {
  const { PORT, HOST, KEEP_ALIVE_MS, DRAIN_MS } = config;
  const { lifecycle, log, store, tracer } = parts;
  const relay = await openRelay(parts, config);
  const at = { port: PORT, keepAliveMs: KEEP_ALIVE_MS, ...(HOST ? { host: HOST } : {}) };
  const server = await listen(app, lifecycle, at);
  relay?.start();
  log.info('ready', { port: server.port });
  return {
    port: server.port,
    async stop() {
      const drainedBy = performance.now() + DRAIN_MS;
      lifecycle.drain();
      await server.close(DRAIN_MS);
      await background.stop();
      await relay?.stop();
      await store.close();
      await tracer?.close(Math.max(drainedBy - performance.now(), FLUSH_MS));
      log.info('stopped');
    },
  };
}
