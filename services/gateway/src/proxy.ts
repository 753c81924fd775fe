import { Refusal } from '@oms/shared/errors';
import { preferencesIn, waitOf } from '@oms/shared/http/preference';
import type { Lifecycle } from '@oms/shared/service/lifecycle';
import type { World } from '@oms/shared/world';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { decodeTags } from './compression.ts';
import { Forwarding, type ForwardingParts } from './forwarding.ts';
import { type Streams, waitsForEvents } from './guard/streams.ts';
import { requestHeaders } from './headers.ts';
import type { Beginning } from './relay.ts';
import { orderNamedBy, refuseDotSegments, type Target, targetOf } from './targets.ts';
import type { Upstreams } from './upstreams.ts';

export interface ProxyParts extends ForwardingParts {
  upstreams: Upstreams;
  lifecycle: Lifecycle;
  world: Pick<World, 'now' | 'newId'>;
  /** The headers that tell a service about the caller, and that the gateway calls. */
  identify(req: Request): Record<string, string>;
  streams: Streams;
  /** How long the beginning of an answer may take, in addition to what the client prefers to wait. */
  deadlineMs: number;
  /** How long an answer may make no progress on either side. */
  silenceMs: number;
}

const MAX_BODY_BYTES = 100 * 1024;
const LONGEST_WAIT_S = 60;
/** Methods with an Idempotency-Key: with one from the gateway, they can safely be sent again. */
const WRITES = new Set(['POST', 'PUT', 'DELETE']);

/**
 * Finds the service of a request, for all handlers that follow. Who sends it is not asked here: clients are not believed what
 * they say of themselves, and the guard reads their token. What is below /api is also there without it.
 */
export const locate: RequestHandler = (req, res, next) => {
  const target = targetOf(req.originalUrl);
  res.locals.target = target;
  res.locals.route = target?.route;
  if (!target && req.url.startsWith('/api/')) req.url = req.url.slice('/api'.length);
  res.locals.orderNamed = target && orderNamedBy(target.path);
  next();
};

/** Forwards requests that belong to a service. */
export function createProxy(parts: ProxyParts): RequestHandler {
  return async (req, res, next) => {
    const target = res.locals.target as Target | undefined;
    if (!target) return next();
    refuseDotSegments(target);
    if (waitsForEvents(req)) parts.streams.hold(req, res);
    const upstream = parts.upstreams[target.service];
    if (!upstream) throw new Refusal(404, 'ROUTE_NOT_FOUND', `There is no ${target.service} service here.`);
    const body = await bodyOf(req, res);
    const headers = requestHeaders(req, parts.identify(req));
    decodeTags(headers);
    const keyless = WRITES.has(req.method) && headers['idempotency-key'] === undefined;
    if (keyless) headers['idempotency-key'] = `gateway:${parts.world.newId(parts.world.now())}`;
    const outgoing = { method: req.method, path: target.path, headers, body, keyless };
    const forwarding = new Forwarding(parts, upstream, outgoing, res, (beginning) => begin(parts, res, beginning));
    const wait = waitOf(preferencesIn(req.headers.prefer as string | undefined), LONGEST_WAIT_S) ?? 0;
    await upstream.admit(() => forwarding.send(parts.deadlineMs + wait * 1000));
  };
}

/** The whole body is kept, so that it can be sent again. */
const parseRaw = express.raw({ limit: MAX_BODY_BYTES, type: () => true });

async function bodyOf(req: Request, res: Response): Promise<Buffer | undefined> {
  await new Promise<void>((resolve, reject) => parseRaw(req, res, (error) => (error ? reject(error) : resolve())));
  return req.body as Buffer | undefined;
}

function begin({ lifecycle, silenceMs, streams }: ProxyParts, res: Response, { headers }: Beginning): void {
  res.locals.orderNamed ??= headers.location && orderNamedBy(String(headers.location));
  if (res.locals.drops) return void res.destroy();
  if (lifecycle.state === 'draining') res.setHeader('Connection', 'close');
  res.setTimeout(silenceMs);
  // Before Node sets the timeout of the idle connection, or gives it to the next request.
  res.prependListener('finish', () => res.setTimeout(0));
  if (!String(headers['content-type']).startsWith('text/event-stream')) return;
  streams.endWithToken(res.req, res);
  // A stream of events never ends by itself; its client connects again and continues.
  const end = () => void res.end();
  lifecycle.stopping.addEventListener('abort', end);
  res.on('close', () => lifecycle.stopping.removeEventListener('abort', end));
  if (lifecycle.stopping.aborted) end();
}
