import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpRequest, HttpResponse } from '@oms/shared/resilience/transport';

export type App = (req: IncomingMessage, res: ServerResponse) => void;

/** A chunk of an answer. Most answers are one chunk; streams of events have one for each write. */
export interface Piece {
  /** In the first chunk only. */
  head?: Omit<HttpResponse, 'body'>;
  body: string;
  isLast: boolean;
}

/** Receives an answer. */
export interface Asker {
  hear(piece: Piece): void;
  fail(error: Error): void;
}

/** A socket that is never used; Node and Express only check its type. */
const socket = {
  readable: true,
  readableHighWaterMark: 65_536,
  remoteAddress: '127.0.0.1',
  encrypted: false,
} as unknown as Socket;

/** Passes a request to an app without a socket, and reports the answer. Returns a function that aborts it. */
export function inject(app: App, request: Omit<HttpRequest, 'signal'>, { hear, fail }: Asker): () => void {
  const { method, path, headers, body = '' } = request;
  const req = new IncomingMessage(socket);
  req.method = method;
  req.url = path;
  req.httpVersion = '1.1';
  req.headers.host = socket.remoteAddress;
  for (const name in headers) req.headers[name.toLowerCase()] = String(headers[name]);
  if (body !== '') req.headers['content-length'] = String(Buffer.byteLength(body));
  req.complete = true;
  if (body !== '') req.push(body);
  req.push(null);

  const res = new ServerResponse(req) as ServerResponse & { finished: boolean };
  let written = '';
  let isHeadOut = false;
  const send = (isLast: boolean) => {
    const head = { status: res.statusCode, headers: res.getHeaders() as HttpResponse['headers'] };
    hear({ ...(isHeadOut ? {} : { head }), body: written, isLast });
    isHeadOut = true;
    written = '';
  };
  const close = () => {
    if (res.destroyed || res.finished) return false;
    res.destroyed = true;
    res.emit('close');
    return true;
  };
  res.write = ((chunk: string | Uint8Array) => {
    written += textOf(chunk);
    if (String(res.getHeader('content-type')).startsWith('text/event-stream')) send(false);
    return true;
  }) as ServerResponse['write'];
  res.end = ((chunk: string | Uint8Array = '') => {
    if (res.destroyed || res.finished) return res;
    written += textOf(chunk);
    res.finished = true;
    send(true);
    res.emit('finish');
    res.emit('close');
    return res;
  }) as ServerResponse['end'];
  // Writes are sent immediately, or with the end.
  res.flushHeaders = () => {};
  res.destroy = () => {
    if (close()) fail(new Error('the answer broke off'));
    return res;
  };
  app(req, res);
  return close;
}

const textOf = (chunk: string | Uint8Array): string =>
  typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
