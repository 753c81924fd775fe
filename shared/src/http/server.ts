import { createServer, IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import type { Lifecycle } from '../service/lifecycle.ts';
import { problem } from './problem.ts';

/** Longer than any client of ours keeps an idle connection, so that no request meets a closing socket. */
const KEEP_ALIVE_MS = 75_000;
const SWEEP_MS = 50;

export interface Listening {
  port: number;
  /** Takes no new requests, lets those in flight finish, and cuts what is still open after the grace. */
  close(graceMs: number): Promise<void>;
}

export async function listen(
  app: Express,
  lifecycle: Lifecycle,
  at: { port: number; host?: string },
): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 30_000, ...bornFor(app) }, app);
  server.headersTimeout = 20_000;
  // Node drops what is more, without a word; the app refuses it. The size of all of them together is limited by Node.
  server.maxHeadersCount = 0;
  const closeUnused = unusedConnections(server);
  server.on('clientError', answerGarbage);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  lifecycle.ready();
  return { port: (server.address() as AddressInfo).port, close: (graceMs) => close(server, closeUnused, graceMs) };
}

/**
 * Requests and answers that are Express's own from the beginning. It would give each of them another prototype otherwise, and
 * V8 looks at objects whose prototype has changed more slowly from then on.
 */
function bornFor(app: Express) {
  class Request extends IncomingMessage {}
  class Answer extends ServerResponse {}
  app.request = Object.setPrototypeOf(Request.prototype, app.request);
  app.response = Object.setPrototypeOf(Answer.prototype, app.response);
  return { IncomingMessage: Request, ServerResponse: Answer };
}

/** Clients connect in advance. Node waits for the first request of such a connection, even when it closes idle ones. */
function unusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.prependListener('request', ({ socket }) => unused.delete(socket));
  return () => unused.forEach((socket) => void socket.destroy());
}

async function close(server: Server, closeUnused: () => void, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  // A connection whose answer began before the draining (a stream, a file) was not told to close after it.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    closeUnused();
  }, SWEEP_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
  clearInterval(sweep);
}

const STATUS_OF: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** What is not HTTP at all never reaches the app. */
function answerGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  const asked = { instance: '', traceId: '' };
  const { body, headers } = problem(asked, status, 'MALFORMED_REQUEST', 'This is not a valid HTTP request.');
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${headers['Content-Type']}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
