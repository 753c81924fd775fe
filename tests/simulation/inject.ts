import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpRequest, HttpResponse } from '@oms/shared/resilience/transport';

export type App = (req: IncomingMessage, res: ServerResponse) => void;

/** Nobody writes to it or reads from it; Node and Express only ask what kind it is. */
const socket = {
  readable: true,
  readableHighWaterMark: 65_536,
  remoteAddress: '127.0.0.1',
  encrypted: false,
} as unknown as Socket;

/** Hands a request to an app without a socket; calls back with the answer once the app has ended it. */
export function inject(app: App, request: Omit<HttpRequest, 'signal'>, answered: (answer: HttpResponse) => void): void {
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
  res.end = ((text: string | Uint8Array = '') => {
    res.finished = true;
    answered({
      status: res.statusCode,
      headers: res.getHeaders() as HttpResponse['headers'],
      body: typeof text === 'string' ? text : Buffer.from(text).toString('latin1'),
    });
    res.emit('finish');
    res.emit('close');
    return res;
  }) as ServerResponse['end'];
  app(req, res);
}
