import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { problem } from './answer.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Longer than any client of ours keeps an idle connection, so that no request meets a closing socket. */
const KEEP_ALIVE_MS = 75_000;

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
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 30_000 }, app);
  server.headersTimeout = 20_000;
  server.on('clientError', answerGarbage);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  lifecycle.ready();
  return { port: (server.address() as AddressInfo).port, close: (graceMs) => close(server, graceMs) };
}

async function close(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}

/** What is not HTTP at all never reaches the app. */
function answerGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const status = tooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const asked = { instance: '', traceId: '' };
  const { body, headers } = problem(
    asked,
    tooLarge ? 431 : 400,
    'MALFORMED_REQUEST',
    'This is not a valid HTTP request.',
  );
  const type = headers['Content-Type'];
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
