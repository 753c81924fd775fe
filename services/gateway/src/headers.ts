import { traceIn } from '@oms/shared/http/observe-request';
import { traceparentOf } from '@oms/shared/telemetry/trace';
import type { Request } from 'express';

type Headers = Record<string, string | string[] | undefined>;

/** Headers of a connection, not of the message; so are all that begin with `proxy-`. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** Headers that a client cannot set at the service. The gateway decodes the body, so its length and encoding change. */
const OURS = new Set([
  'host',
  'expect',
  'content-length',
  'content-encoding',
  'authorization',
  // The gateway has decided whether that page may call.
  'origin',
  'sec-fetch-site',
  'forwarded',
  'x-internal-token',
  'x-caller',
  'x-caller-email',
  'x-caller-phone',
]);
const OURS_BY_BEGINNING = /^(?:proxy-|x-forwarded-|x-user-)/;

/** The headers for a service: those of the gateway about the caller (`own`) and the connection, then the client's. */
export function requestHeaders(req: Request, own: Record<string, string>): Record<string, string> {
  const headers: Record<string, string> = { ...own };
  headers['x-forwarded-for'] = String(req.ip);
  headers['x-forwarded-proto'] = req.protocol;
  headers['x-forwarded-host'] = String(req.host ?? '');
  const trace = traceIn(req);
  if (trace) {
    headers.traceparent = traceparentOf(trace);
    headers['x-request-id'] = trace.requestId;
  }
  const named = namedByConnection(req.headers.connection);
  for (const name in req.headers) {
    if (name in headers || HOP_BY_HOP.has(name) || OURS.has(name) || OURS_BY_BEGINNING.test(name) || named?.has(name))
      continue;
    headers[name] = String(req.headers[name]);
  }
  return headers;
}

/** The headers of a service's answer for the client. */
export function answerHeaders(received: Headers): Headers {
  const headers: Headers = {};
  const named = namedByConnection(received.connection);
  for (const name in received) {
    if (HOP_BY_HOP.has(name) || name.startsWith('proxy-') || named?.has(name)) continue;
    headers[name] = received[name];
  }
  return headers;
}

function namedByConnection(connection: string | string[] | undefined): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive') return undefined;
  return new Set(
    String(connection)
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  );
}
