import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { Refusal } from '../errors.ts';
import type { ServiceParts } from '../service/parts.ts';
import { callerOf, insiders, mustBeAllowed } from './caller.ts';
import { errorAnswer } from './error-answer.ts';
import { EventStreams } from './event-streams.ts';
import { injectFaults } from './inject-faults.ts';
import { observeRequest, traceIn } from './observe-request.ts';
import type { RequestContext } from './problem.ts';
import { onlyText, queryReader } from './query.ts';
import { replyOf } from './reply.ts';
import { bodyOf, parsed, parseJson, requestKeyOf } from './request.ts';
import type { On } from './route.ts';
import { send } from './send.ts';

/** The app that every service has; `define` adds the routes, `identify` finds out who calls. It never listens. */
export function createServiceApp<D>(
  parts: ServiceParts<D>,
  define: (on: On, app: Express) => void,
  identify: RequestHandler = insiders(parts),
): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  // A path matches its contract to the letter: who may use it is decided by the contract.
  app.enable('case sensitive routing').enable('strict routing');
  const methodsOf = new Map<string, string[]>();
  const streams = new EventStreams(parts);

  app.use(observeRequest(parts));
  app.use(identify);
  app.use(onlyText);
  app.use(injectFaults(parts));

  define((contract, handle) => {
    const paths = [contract.path, ...(contract.aliases ?? [])].map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const path of paths) {
      methodsOf.set(path, [...(methodsOf.get(path) ?? []), contract.method.toUpperCase()]);
    }
    const queryIn = queryReader(contract.query);
    const reply = replyOf(contract);
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
      const answer = await handle(input, reply);
      if (answer) send(parts.lifecycle, res, answer);
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
    const answer = errorAnswer(error, contextOf(req));
    if (answer.status === 500) {
      const { traceId } = contextOf(req);
      const { orderId } = res.locals;
      parts.log.error('request failed', { error, method: req.method, path: req.path, traceId, orderId });
    }
    send(parts.lifecycle, res, answer);
  }) satisfies ErrorRequestHandler);
  return app;
}

/** The methods of this path; where several contracts match, the one with the fewest parameters counts. */
function methodsAt(path: string, methodsOf: ReadonlyMap<string, string[]>): string[] | undefined {
  const fitting = [...methodsOf].filter(([pattern]) => {
    return new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(path);
  });
  return fitting.sort(([a], [b]) => a.split(':').length - b.split(':').length)[0]?.[1];
}

const contextOf = (req: Request): RequestContext => ({ instance: req.originalUrl, traceId: traceIn(req).traceId });
