import { createServer, IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { KEEP_ALIVE_MS } from '../service/config.ts';
import type { Lifecycle } from '../service/lifecycle.ts';
import { problem } from './problem.ts';

const SWEEP_MS = 50;

export interface Listening {
  port: number;
  /** Takes no new requests, lets those in flight finish, and cuts connections that are still open after the grace period. */
  close(graceMs: number): Promise<void>;
}

export async function listen(
  app: Express,
  lifecycle: Lifecycle,
  { port, host, keepAliveMs = KEEP_ALIVE_MS }: { port: number; host?: string; keepAliveMs?: number },
): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 30_000, ...bornFor(app) }, app);
  server.headersTimeout = 20_000;
  // With a limit, Node silently drops headers; the app refuses them instead. Node limits their total size.
  server.maxHeadersCount = 0;
  const closeUnused = unusedConnections(server);
  server.on('clientError', answerGarbage);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  lifecycle.ready();
  return { port: (server.address() as AddressInfo).port, close: (graceMs) => close(server, closeUnused, graceMs) };
}

/**
 * Classes whose requests and answers have Express's prototypes from the beginning. Otherwise Express would change the
 * prototype of each of them, and V8 is slower with objects whose prototype has changed.
 */
function bornFor(app: Express) {
  class Request extends IncomingMessage {}
  class Answer extends ServerResponse {}
  app.request = Object.setPrototypeOf(Request.prototype, app.request);
  app.response = Object.setPrototypeOf(Answer.prototype, app.response);
  return { IncomingMessage: Request, ServerResponse: Answer };
}

/** Closes connections that clients opened in advance: Node does not count them as idle before their first request. */
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
  // An answer that began before the draining (a stream, a file) did not tell its client to close the connection.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    closeUnused();
  }, SWEEP_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
  clearInterval(sweep);
}

const STATUS_OF: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what is not valid HTTP: it never reaches the app. */
function answerGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  const context = { instance: '', traceId: '' };
  const { body, headers } = problem(context, status, 'MALFORMED_REQUEST', 'This is not a valid HTTP request.');
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${headers['Content-Type']}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
