import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type Express } from 'express';
import type { Endpoint } from '../contracts/endpoint.ts';
import { getChaos, getEventFeed, getHealth, getLivez, getMetrics, getReadyz, putChaos } from '../contracts/service.ts';
import { Refusal, Unavailable } from '../errors.ts';
import type { StoredEvent } from '../store/store.ts';
import { reply } from './answer.ts';
import type { Handled, On, ServiceParts } from './app.ts';
import { answered, carryOut } from './idempotent.ts';
import { openApiOf } from './openapi.ts';
import { streamEvents, wantsStream } from './sse.ts';

/** The routes that every service has, and the document that describes all of them. */
export function defineServiceRoutes<D>(on: On, app: Express, parts: ServiceParts<D>, own: readonly Endpoint[]): void {
  defineHealth(on, parts);
  defineChaos(on, parts);

  on(getMetrics, async () => ({
    status: 200,
    headers: { 'Content-Type': parts.metrics.registry.contentType },
    body: await parts.metrics.registry.metrics(),
  }));

  on(getEventFeed, async ({ query: { after, limit }, req, res }): Promise<Handled> => {
    const { store, lifecycle } = parts;
    const idOf = (event: StoredEvent) => event.position;
    if (wantsStream(req)) {
      await streamEvents(req, res, { store, after, idOf, render: renderFeedEvent, ended: lifecycle.stopping });
      return undefined;
    }
    const events = await store.events({ after, limit });
    return reply(200, { events: events.map(renderFeedEvent), next: events.at(-1)?.position ?? after });
  });

  const endpoints = [
    ...own,
    getHealth,
    getLivez,
    getReadyz,
    getMetrics,
    getEventFeed,
    getChaos,
    putChaos,
  ] as Endpoint[];
  const document = JSON.stringify(openApiOf(parts.service, parts.version, endpoints));
  app.get('/openapi.json', (_req, res) => void res.type('application/json').send(document));
  defineDocs(app, parts.service);
}

export const renderEvent = ({ id, version, type, at, data, traceId }: StoredEvent) => ({
  id,
  version,
  type,
  at: new Date(at).toISOString(),
  data,
  traceId,
});

const renderFeedEvent = (event: StoredEvent) => ({
  ...renderEvent(event),
  stream: event.stream,
  position: event.position,
});

function defineHealth<D>(on: On, { service, version, world, lifecycle, store, dependencies }: ServiceParts<D>): void {
  const startedAt = world.now();

  on(getHealth, async () => {
    const { degraded, details } = dependencies?.() ?? { degraded: false, details: {} };
    const uptimeSeconds = Math.round((world.now() - startedAt) / 100) / 10;
    return reply(200, { status: degraded ? 'DEGRADED' : 'UP', service, version, uptimeSeconds, dependencies: details });
  });

  on(getLivez, async () => reply(200, { status: 'LIVE' }));

  on(getReadyz, async () => {
    if (lifecycle.state !== 'ready') throw new Unavailable('SERVICE_UNAVAILABLE', `The service is ${lifecycle.state}.`);
    await store.ping().catch(() => {
      throw new Unavailable('SERVICE_UNAVAILABLE', 'The store cannot be reached.');
    });
    return reply(200, { status: 'READY' });
  });
}

function defineChaos<D>(on: On, { chaos, chaosApi, store }: ServiceParts<D>): void {
  const only = () => {
    if (!chaosApi) throw new Refusal(404, 'ROUTE_NOT_FOUND', 'Chaos is not open to requests: set CHAOS_API=true.');
  };
  on(getChaos, async () => {
    only();
    return reply(200, chaos.now());
  });
  on(putChaos, async (input) => {
    only();
    return answered(await carryOut(store, [], input, () => ({ answer: reply(200, chaos.change(input.body)) })));
  });
}

const ASSETS = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

function defineDocs(app: Express, service: string): void {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${service} service</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head><body><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`;
  const script = "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui' });";
  app.get('/docs', (_req, res) => void res.type('html').send(page));
  app.get('/docs/start.js', (_req, res) => void res.type('js').send(script));
  app.use('/docs', express.static(ASSETS, { index: false }));
}
