import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Endpoint } from '../contracts/endpoint.ts';
import { NoAnswer, Refusal, Unavailable } from '../errors.ts';
import { type Answer, IdempotencyKeyReused, type RequestKey, type Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracer } from '../telemetry/span.ts';
import { type Trace, traceOf, whileRecorded } from '../telemetry/trace.ts';
import type { World } from '../world.ts';
import { problem, type RequestContext, refusalAnswer, unavailableAnswer } from './answer.ts';
import { type Caller, callerOf, insiders, mustBeAllowed } from './caller.ts';
import { type ChaosControl, ChaosInjected } from './chaos.ts';
import { isKnown } from './conditions.ts';
import { EventStreams } from './event-streams.ts';
import { hasTooManyHeaders, tooManyHeaders } from './header-limit.ts';
import type { Lifecycle } from './lifecycle.ts';
import { isPolled, isStream } from './polling.ts';
import { onlyText, queryReader } from './query.ts';
import { bodyOf, invalid, parsed, parseJson, requestKeyOf } from './request.ts';
import { endOfRequest } from './request-span.ts';

/** What every service's app is made of. */
export interface ServiceParts<D> {
  service: string;
  version: string;
  world: World;
  log: Logger;
  metrics: Metrics;
  /** Absent: traces go through here and are not recorded. */
  tracer?: Tracer | undefined;
  store: Store<D>;
  lifecycle: Lifecycle;
  chaos: ChaosControl;
  /** Whether /chaos may be changed from outside. */
  chaosApi: boolean;
  /** What callers must show; absent: anybody may call. */
  internalToken?: string | undefined;
  /** How many streams of events each caller may have open; absent: as many as he wants. */
  streamsPerCaller?: number | undefined;
  /** Names by which writes may reach it where it asks nobody who he is, beside the usual ones. */
  allowedHosts?: readonly string[] | undefined;
  /** What /health says of others, and whether one of them is missed. */
  dependencies?: () => { degraded: boolean; details: Record<string, unknown> };
}

/** A request as a route sees it: parsed, and with what an answer needs to know. */
export interface Input<P, Q, B, H> extends RequestContext {
  params: P;
  query: Q;
  body: B;
  headers: H;
  caller: Caller;
  /** Present when the client sent an Idempotency-Key. */
  request: RequestKey | undefined;
  trace: Trace;
  /** Where events are streamed. */
  streams: EventStreams;
  req: Request;
  res: Response;
}

/** An answer, binary where it need not be remembered; or `undefined` once the route has streamed one itself. */
export type Handled = Sendable | undefined;
type Sendable = Omit<Answer, 'body'> & { body: string | Uint8Array; replayed?: boolean };
export type On = <P, Q, B, H>(
  contract: Endpoint<P, Q, B, H>,
  handle: (input: Input<P, Q, B, H>) => Promise<Handled>,
) => void;

const NEVER_DISTURBED = new Set(['/health', '/livez', '/readyz', '/metrics', '/chaos', '/openapi.json']);

/** The skeleton every service shares; `define` adds the routes, `identify` finds out who calls. It never listens. */
export function createServiceApp<D>(
  parts: ServiceParts<D>,
  define: (on: On, app: Express) => void,
  identify: RequestHandler = insiders(parts),
): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  // A path is what its contract says, to the letter: who may use it is decided by that.
  app.enable('case sensitive routing').enable('strict routing');
  const methodsOf = new Map<string, string[]>();
  const streams = new EventStreams(parts);

  app.use(begin(parts));
  app.use(identify);
  app.use(onlyText);
  app.use(disturb(parts.chaos));

  define((contract, handle) => {
    const paths = [contract.path, ...(contract.aliases ?? [])].map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const path of paths) {
      methodsOf.set(path, [...(methodsOf.get(path) ?? []), contract.method.toUpperCase()]);
    }
    const queryIn = queryReader(contract.query);
    const serve = async (req: Request, res: Response) => {
      res.locals.route = contract.path;
      const caller = callerOf(res);
      mustBeAllowed(contract.access, caller);
      const input = {
        params: parsed(contract.params, req.params, 'path'),
        query: queryIn(req),
        headers: parsed(contract.headers, req.headers, 'headers'),
        body: contract.method === 'get' ? (undefined as never) : parsed(contract.body, bodyOf(req), 'body'),
        caller,
        request: contract.method === 'get' ? undefined : requestKeyOf(req, caller),
        trace: traceIn(req),
        instance: req.originalUrl,
        traceId: traceIn(req).traceId,
        streams,
        req,
        res,
      };
      const answer = await handle(input);
      if (answer) send(parts, res, answer);
    };
    if (contract.method === 'get') app.get(paths, serve);
    else app[contract.method](paths, parseJson, serve);
  }, app);

  app.use((req) => {
    const methods = methodsAt(req.path, methodsOf);
    if (!methods) throw new Refusal(404, 'ROUTE_NOT_FOUND', `There is no ${req.method} ${req.path}.`);
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    const headers = { Allow: allowed.join(', ') };
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', `${req.method} is not possible here.`, {}, headers);
  });
  app.use(((error, req, res, _next) => {
    const answer = answerTo(error, contextOf(req));
    if (answer.status === 500) {
      parts.log.error('request failed', { error, method: req.method, path: req.path, traceId: contextOf(req).traceId });
    }
    send(parts, res, answer);
  }) satisfies ErrorRequestHandler);
  return app;
}

/** What else may be done at this path; where more than one contract fits, the plainest counts. */
function methodsAt(path: string, methodsOf: ReadonlyMap<string, string[]>): string[] | undefined {
  const fitting = [...methodsOf].filter(([pattern]) => {
    return new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(path);
  });
  return fitting.sort(([a], [b]) => a.split(':').length - b.split(':').length)[0]?.[1];
}

const contextOf = (req: Request): RequestContext => ({ instance: req.originalUrl, traceId: traceIn(req).traceId });

/** The trace that a request belongs to. */
export const traceIn = ({ res }: Request): Trace => res?.locals.trace as Trace;

type Begun = Pick<ServiceParts<unknown>, 'world' | 'log' | 'metrics' | 'service' | 'tracer'>;

function begin({ world, log, metrics, service, tracer }: Begun) {
  return (req: Request, res: Response, next: (error?: unknown) => void) => {
    const startedAt = performance.now();
    const tooMany = hasTooManyHeaders(req);
    const { traceparent, 'x-request-id': requestId } = tooMany ? NONE : req.headers;
    const incoming = traceOf(traceparent as string | undefined, requestId as string | undefined, world.random);
    const recorder = NEVER_DISTURBED.has(req.path) ? undefined : tracer;
    const trace = recorder?.begin(incoming, req.method, 'server') ?? incoming;
    res.on('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      const status = res.writableFinished ? res.statusCode : 499;
      const route = (res.locals.route as string | undefined) ?? 'unmatched';
      const polled = isPolled(req, route);
      if (!polled && !isStream(res))
        metrics.httpRequestDuration.observe({ method: req.method, route, status }, seconds);
      const { traceId } = trace;
      const ms = Math.round(seconds * 10_000) / 10;
      const caller = callerOf(res);
      const { orderId } = res.locals;
      const customerId = caller.kind === 'customer' ? caller.id : res.locals.customerId;
      log.log(polled ? 'debug' : 'info', 'request', {
        method: req.method,
        path: req.path,
        status,
        ms,
        service,
        traceId,
        orderId,
        customerId,
      });
      if (trace.span) endOfRequest(trace.span, req, res, status);
    });
    res.setHeader('X-Request-Id', trace.requestId);
    res.locals.trace = trace;
    whileRecorded(trace, () => next(tooMany ? tooManyHeaders() : undefined));
  };
}

const NONE: Request['headers'] = {};

function disturb(chaos: ChaosControl) {
  return (req: Request, res: Response, next: (error?: unknown) => void) => {
    const fault = NEVER_DISTURBED.has(req.path) ? undefined : chaos.draw();
    if (!fault) return next();
    res.locals.drops = fault.drops;
    const go = () => next(fault.fails ? new ChaosInjected() : undefined);
    if (fault.latencyMs > 0) setTimeout(go, fault.latencyMs);
    else go();
  };
}

function send({ lifecycle }: { lifecycle: Lifecycle }, res: Response, answer: Sendable): void {
  if (res.locals.drops) return void res.destroy();
  if (res.headersSent) return void res.end();
  const { method, headers } = res.req;
  if (
    answer.status === 200 &&
    (method === 'GET' || method === 'HEAD') &&
    isKnown(headers['if-none-match'], answer.headers.ETag)
  ) {
    answer = { status: 304, headers: { ETag: answer.headers.ETag as string }, body: '' };
  }
  for (const name in answer.headers) res.setHeader(name, answer.headers[name] as string);
  if (answer.replayed) res.setHeader('Idempotent-Replayed', 'true');
  if (lifecycle.state === 'draining') res.setHeader('Connection', 'close');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  if (answer.status !== 304) res.setHeader('Content-Length', Buffer.byteLength(answer.body));
  res.statusCode = answer.status;
  res.end(answer.body);
}

function answerTo(error: unknown, context: RequestContext): Answer {
  if (error instanceof Refusal) return refusalAnswer(context, error);
  if (error instanceof Unavailable) return unavailableAnswer(context, error);
  if (error instanceof NoAnswer) return problem(context, error.status, error.code, error.message);
  if (error instanceof ChaosInjected) return problem(context, 500, 'CHAOS_INJECTED', 'This failure was injected.');
  if (error instanceof IdempotencyKeyReused) {
    return problem(context, 422, 'IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key belongs to another request.');
  }
  return parserAnswer(error as { type?: string; status?: number }, context);
}

/** What Express and its body parser throw. */
function parserAnswer({ type, status }: { type?: string; status?: number }, context: RequestContext): Answer {
  if (type === 'entity.parse.failed') return problem(context, 400, 'MALFORMED_JSON', 'The body is not valid JSON.');
  if (type === 'entity.too.large') return problem(context, 413, 'PAYLOAD_TOO_LARGE', 'The body is larger than 100 kB.');
  if (status === 415)
    return problem(context, 415, 'UNSUPPORTED_MEDIA_TYPE', 'This encoding or charset is not supported.');
  if (status === 400) return refusalAnswer(context, invalid([{ path: 'request', message: 'is malformed' }]));
  return problem(context, 500, 'INTERNAL', 'Something went wrong here. It has been logged.');
}
