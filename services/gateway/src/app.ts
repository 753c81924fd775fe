import * as contract from '@oms/shared/contracts/gateway';
import { asyncApiOf } from '@oms/shared/events/asyncapi';
import { createServiceApp } from '@oms/shared/http/app';
import { defineDocs } from '@oms/shared/http/docs';
import type { Handled, On } from '@oms/shared/http/route';
import { defineProcessRoutes } from '@oms/shared/http/service-routes';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { Express } from 'express';
import { Compression } from './compression.ts';
import { defineConsole } from './console.ts';
import { defineApiDocument } from './document/serve.ts';
import type { Guard } from './guard/guard.ts';
import type { Live } from './live/live.ts';
import { createProxy, locate, type ProxyParts } from './proxy.ts';
import { SERVICES } from './targets.ts';

export interface GatewayParts extends ServiceParts<never> {
  guard: Guard;
  proxy: Omit<ProxyParts, 'log' | 'metrics' | 'lifecycle' | 'world' | 'compression'>;
  /** How many trusted proxies stand before the gateway. */
  proxiesBefore: number;
  healthOfServices(): Promise<contract.SystemHealth['dependencies']>;
  live: Live;
}

const WELL: ReadonlySet<string> = new Set(['UP', 'NONE']);

export function createApp(parts: GatewayParts): Express {
  const { guard, service, version, world } = parts;
  const startedAt = world.now();
  const compression = new Compression();

  const define = (on: On, app: Express) => {
    app.set('trust proxy', parts.proxiesBefore);
    app.use(...guard.before, createProxy({ ...parts, ...parts.proxy, compression }), compression.whole);

    on(contract.getSystemHealth, async (_, reply) => {
      const dependencies = await parts.healthOfServices();
      const status = Object.values(dependencies).every((one) => WELL.has(one.status)) ? 'UP' : 'DEGRADED';
      const uptimeSeconds = Math.round((world.now() - startedAt) / 100) / 10;
      return reply(200, { status, service, version, uptimeSeconds, dependencies });
    });

    const { issueToken } = guard;
    if (issueToken) {
      on(contract.issueToken, async ({ body }, reply) =>
        reply(200, await issueToken(body), { 'Cache-Control': 'no-store' }),
      );
    }

    let events: string | undefined;
    app.get('/asyncapi.json', (_req, res) => {
      events ??= JSON.stringify(asyncApiOf(version));
      res.type('json').send(events);
    });
    defineConsole(app);
    on(contract.getLive, async ({ req, res, headers }): Promise<Handled> => {
      await parts.live(req, res, headers['last-event-id']);
      return undefined;
    });
    const own = [contract.getSystemHealth, contract.issueToken, contract.getSystemAudit, contract.getLive];
    const at = { document: `/services/${service}/openapi.json`, server: '/' };
    defineProcessRoutes(on, app, parts, own as never, at);
    defineApiDocument(app, version);
    defineDocs(app, 'Order management', [
      { name: 'The public API', url: 'openapi.json' },
      ...[...SERVICES, service].map((name) => ({ name: `only ${name}`, url: `services/${name}/openapi.json` })),
    ]);
  };
  return createServiceApp(parts, define, locate);
}
