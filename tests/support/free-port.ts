import { once } from 'node:events';
import { createServer } from 'node:net';

/** Above 10080, the last of the ports that fetch refuses to call. */
const LOWEST = 10_081;
/** Above, systems take ports for outgoing connections, also that of a service that is down for a moment. */
const HIGHEST = 32_000;

const given = new Set<number>();

/** A port that nobody listens on, given once, so that it stays free until somebody wants this very one. */
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
