import { insideHeaders } from '@oms/shared/contracts/caller';
import { connections, type Transport, undiciTransport } from '@oms/shared/resilience/transport';
import { addressesIn } from '@oms/shared/service/config';
import type { ServiceParts } from '@oms/shared/service/parts';
import { type RunningService, runAsProcess } from '@oms/shared/service/process';
import { createPartsWithoutStore, serve } from '@oms/shared/service/service';
import { createApp, type GatewayParts } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { createGuard } from './guard/guard.ts';
import { healthOf } from './health.ts';
import { createLive } from './live/live.ts';
import { SERVICES, type ServiceName } from './targets.ts';
import { createUpstreams } from './upstreams.ts';

export async function start(config: Config): Promise<RunningService> {
  const parts = await createPartsWithoutStore('gateway', config);
  parts.metrics.collectProcess();
  const agent = connections();
  const { app, background } = assemble(parts, { agent, transport: undiciTransport(agent) }, config);
  return serve(app, parts, config, background);
}

/** The app and its background work. The ways to the services and the port are given. */
export function assemble(parts: ServiceParts<never>, { agent, transport }: Ways, config: Config) {
  const origins = addressesIn<ServiceName, readonly string[] | 'none'>(config, SERVICES);
  const upstreams = createUpstreams(origins, config.GATEWAY_CAPACITY, transport, parts.metrics);
  const guard = createGuard(config, parts);
  const { INTERNAL_TOKEN } = config;
  const proof = insideHeaders({ kind: 'service', name: 'gateway' }, INTERNAL_TOKEN);

  const { chaos, chaosApi, metrics, world, lifecycle } = parts;
  const own = { metrics: () => metrics.registry.metrics(), chaos: () => (chaosApi ? chaos.now() : null) };

  const app = createApp({
    ...parts,
    guard,
    proxiesBefore: config.TRUST_PROXY,
    healthOfServices: healthOf(upstreams, transport, proof),
    live: createLive({ transport, world, proof, upstreams, own }, guard.streams, lifecycle),
    proxy: {
      agent,
      streams: guard.streams,
      upstreams,
      identify: (req) => guard.forward(req),
      deadlineMs: config.GATEWAY_DEADLINE_MS,
      silenceMs: config.GATEWAY_SILENCE_MS,
    },
  });
  const background = {
    async stop() {
      for (const { addresses } of Object.values(upstreams)) addresses.close();
      guard.close();
      await transport.close();
    },
  };
  return { app, background };
}

/** The ways to the services: answers are streamed through the agent, and read as a whole through the transport. */
interface Ways {
  agent: GatewayParts['proxy']['agent'];
  transport: Transport;
}

await runAsProcess(import.meta.url, 'gateway', () => start(readConfig(process.env)));
