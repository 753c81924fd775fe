import type { NextFunction, Request, Response } from 'express';
import type { ServiceParts } from '../service/parts.ts';
import { knownMethod, methodOf, nameOfRequest, pathOf, REDACTED } from '../telemetry/attributes.ts';
import { UNMATCHED } from '../telemetry/metrics.ts';
import { type Span, type Trace, traceOf, whileRecorded } from '../telemetry/trace.ts';
import { callerOf } from './caller.ts';
import { hasTooManyHeaders, tooManyHeaders } from './header-limit.ts';
import { NEVER_DISTURBED } from './inject-faults.ts';

type Parts = Pick<ServiceParts<unknown>, 'world' | 'log' | 'metrics' | 'service' | 'tracer'>;

/** Probes, Prometheus and readers of the feed send these again and again: they are not counted as use of the service. */
const POLLED = new Set(['/health', '/livez', '/readyz', '/metrics', '/chaos', '/events']);

/** The trace that a request belongs to. */
export const traceIn = ({ res }: Request): Trace => res?.locals.trace as Trace;

/** Gives each request its trace; when it has ended, it is logged, measured and recorded. */
export function observeRequest({ world, log, metrics, service, tracer }: Parts) {
  return (req: Request, res: Response, next: NextFunction) => {
    const startedAt = performance.now();
    const tooMany = hasTooManyHeaders(req);
    const { traceparent, 'x-request-id': requestId } = tooMany ? NONE : req.headers;
    const incoming = traceOf(traceparent as string | undefined, requestId as string | undefined, world.random);
    const recorder = NEVER_DISTURBED.has(req.path) ? undefined : tracer;
    const trace = recorder?.begin(incoming, nameOfRequest(req.method), 'server') ?? incoming;
    res.on('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      const { method, path } = req;
      const status = res.writableFinished ? res.statusCode : 499;
      const route = (res.locals.route as string | undefined) ?? UNMATCHED;
      const polled = POLLED.has(route) && (method === 'GET' || method === 'HEAD');
      if (!polled && !isStream(res))
        metrics.httpRequestDuration.observe({ method: knownMethod(method), route, status }, seconds);
      const { traceId } = trace;
      const ms = Math.round(seconds * 10_000) / 10;
      const caller = callerOf(res);
      const orderId = res.locals.orderId ?? res.locals.orderNamed;
      const customerId = caller.kind === 'customer' ? caller.id : res.locals.customerId;
      const line = { method, path, status, ms, service, traceId, orderId, customerId };
      log.log(polled ? 'debug' : 'info', 'request', line);
      if (trace.span) endSpan(trace.span, req, res, status);
    });
    res.setHeader('X-Request-Id', trace.requestId);
    res.locals.trace = trace;
    whileRecorded(trace, () => next(tooMany ? tooManyHeaders() : undefined));
  };
}

const NONE: Request['headers'] = {};

/** A stream is open for as long as somebody listens: its duration says nothing. */
const isStream = (res: Response): boolean => String(res.getHeader('content-type')).startsWith('text/event-stream');

/** The span is named after the route: paths are countless, and may contain personal data. */
function endSpan(span: Span, req: Request, { locals }: Response, status: number): void {
  const { method, protocol, httpVersion, originalUrl } = req;
  const { route, orderId } = locals as { route?: string; orderId?: string };
  if (route) span.rename(`${nameOfRequest(method)} ${route}`);
  span.set({
    ...methodOf(method),
    'url.scheme': protocol,
    'url.path': pathOf(route),
    ...(originalUrl.includes('?') ? { 'url.query': REDACTED } : {}),
    'network.protocol.version': httpVersion,
    'http.response.status_code': status,
    ...(route ? { 'http.route': route } : {}),
    ...(orderId ? { 'order.id': orderId } : {}),
  });
  if (status >= 500) span.fail(String(status), `answered ${status}`);
  span.end();
}
