import { once } from 'node:events';
import { createServer } from 'node:net';

/** Above 10080, the last of the ports that fetch refuses to call. */
const LOWEST = 10_081;
/** Above, systems use ports for outgoing connections, and could take the port of a service that is down for a moment. */
const HIGHEST = 32_000;

const given = new Set<number>();

/** A free port, given to one caller only, so that it stays free until it is used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port)) continue;
    given.add(port);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false);
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
