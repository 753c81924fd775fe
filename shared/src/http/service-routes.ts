import type { Express } from 'express';
import type { Endpoint } from '../contracts/endpoint.ts';
import { getChaos, getEventFeed, getHealth, getLivez, getMetrics, getReadyz, putChaos } from '../contracts/service.ts';
import { Refusal, Unavailable } from '../errors.ts';
import type { ServiceParts } from '../service/parts.ts';
import { defineDocs } from './docs.ts';
import { defineEventFeed } from './event-feed.ts';
import { answered, carryOut } from './idempotent.ts';
import { openApiOf } from './openapi.ts';
import { defineProblemPages } from './problem-pages.ts';
import type { On } from './route.ts';

/** The routes that every service has, and the document that describes all of them. */
export function defineServiceRoutes<D>(on: On, app: Express, parts: ServiceParts<D>, own: readonly Endpoint[]): void {
  defineHealth(on, parts);
  defineEventFeed(on, parts);
  defineProcessRoutes(on, app, parts, [...own, getHealth, getEventFeed] as Endpoint[]);
  defineDocs(app, `${parts.service} service`, [{ name: parts.service, url: 'openapi.json' }]);
}

/** The routes that every process has. */
export function defineProcessRoutes<D>(
  on: On,
  app: Express,
  parts: ServiceParts<D>,
  own: readonly Endpoint[],
  at = { document: '/openapi.json', server: '.' },
): void {
  defineLamps(on, parts);
  defineChaos(on, parts);

  on(getMetrics, async () => ({
    status: 200,
    headers: { 'Content-Type': parts.metrics.registry.contentType },
    body: await parts.metrics.registry.metrics(),
  }));

  const endpoints = [...own, getLivez, getReadyz, getMetrics, getChaos, putChaos] as Endpoint[];
  let text: string | undefined;
  app.get(at.document, (_req, res) => {
    text ??= JSON.stringify(openApiOf(parts.service, parts.version, endpoints, at.server));
    res.type('application/json').send(text);
  });
  defineProblemPages(app);
}

function defineHealth<D>(on: On, { service, version, world, store, dependencies }: ServiceParts<D>): void {
  const startedAt = world.now();

  on(getHealth, async (_, reply) => {
    const { degraded, details } = dependencies?.() ?? { degraded: false, details: {} };
    const uptimeSeconds = Math.round((world.now() - startedAt) / 100) / 10;
    const isFull = !store.hasRoom();
    const status = degraded || isFull ? 'DEGRADED' : 'UP';
    const all = isFull ? { ...details, store: 'FULL' } : details;
    return reply(200, { status, service, version, uptimeSeconds, dependencies: all });
  });
}

function defineLamps<D>(on: On, { lifecycle, store }: ServiceParts<D>): void {
  on(getLivez, async (_, reply) => reply(200, { status: 'LIVE' }));

  on(getReadyz, async (_, reply) => {
    if (lifecycle.state !== 'ready') throw new Unavailable('SERVICE_UNAVAILABLE', `The service is ${lifecycle.state}.`);
    await store.ping();
    return reply(200, { status: 'READY' });
  });
}

function defineChaos<D>(on: On, parts: ServiceParts<D>): void {
  const { chaos, chaosApi } = parts;
  const only = () => {
    if (!chaosApi)
      throw new Refusal(404, 'ROUTE_NOT_FOUND', 'Chaos cannot be changed by requests: set CHAOS_API=true.');
  };
  on(getChaos, async (_, reply) => {
    only();
    return reply(200, chaos.now());
  });
  on(putChaos, async (input, reply) => {
    only();
    return answered(await carryOut(parts, [], input, () => ({ answer: reply(200, chaos.change(input.body)) })));
  });
}
