import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Addresses } from '@oms/shared/resilience/addresses';
import type { BreakerSettings, BreakerState } from '@oms/shared/resilience/breaker';
import { USUAL } from '@oms/shared/resilience/breaker-config';
import { ServiceClient } from '@oms/shared/resilience/client';
import { undiciTransport } from '@oms/shared/resilience/transport';
import { createMetrics } from '@oms/shared/telemetry/metrics';

/** A service to call, on a real socket; the test defines its answers. */
export async function startTarget(port = 0) {
  const requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string; at: number }[] =
    [];
  const target = {
    url: '',
    requests,
    connections: 0,
    /** Requests whose connection was closed before they were answered. */
    abandoned: 0,
    answer: (_req: IncomingMessage, res: ServerResponse): void => json(res, 200, {}),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async (req, res) => {
    res.on('close', () => {
      if (!res.writableFinished) target.abandoned++;
    });
    let body = '';
    for await (const chunk of req) body += chunk;
    requests.push({ method: req.method ?? '', path: req.url ?? '', headers: req.headers, body, at: performance.now() });
    target.answer(req, res);
  });
  server.on('connection', () => target.connections++);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  target.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return target;
}
export type Target = Awaited<ReturnType<typeof startTarget>>;

export function json(res: ServerResponse, status: number, data: unknown, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(data));
}

/** Answers these statuses in turn, then always the last one. */
export function inTurn(...statuses: number[]) {
  let next = 0;
  return (_req: IncomingMessage, res: ServerResponse): void => {
    json(res, statuses[Math.min(next++, statuses.length - 1)] as number, {});
  };
}

/** Keeps every request waiting until the test releases it. */
export function held() {
  const waiting: ServerResponse[] = [];
  return {
    waiting,
    answer: (_req: IncomingMessage, res: ServerResponse): void => void waiting.push(res),
    release: (status = 200): void => {
      for (const res of waiting.splice(0)) json(res, status, {});
    },
  };
}

/** A client without pauses between attempts, unless the test sets the random numbers. */
export function clientFor(
  url: string | readonly string[],
  { random = () => 0, ...settings }: Partial<BreakerSettings & { random(): number }>,
) {
  const metrics = createMetrics('test');
  const transport = undiciTransport();
  const states: BreakerState[] = [];
  const client = new ServiceClient({
    from: 'test',
    settings: { ...USUAL, name: 'target', timeoutMs: 2_000, resetMs: 20, ...settings },
    addresses: new Addresses([url].flat(), async () => false),
    transport,
    metrics,
    random,
    onBreaker: (_name, state) => states.push(state),
  });
  const close = async () => {
    client.close();
    await transport.close();
  };
  return { client, metrics, states, close };
}
