import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span in Zipkin's format. */
export interface ZipkinSpan {
  traceId: string;
  id: string;
  parentId?: string;
  name: string;
  kind?: string;
  timestamp: number;
  duration: number;
  localEndpoint: { serviceName: string };
  tags: Record<string, string>;
}

/** Receives spans over a real socket, as Zipkin and OpenTelemetry's collector do, and keeps them. */
export async function startCollector(port = 0) {
  const collector = {
    url: '',
    bodies: [] as { path: string; text: string }[],
    answer: (_req: IncomingMessage, res: ServerResponse): void => void res.writeHead(202).end(),
    get spans(): ZipkinSpan[] {
      return collector.bodies.flatMap(({ path, text }) => (path === '/api/v2/spans' ? JSON.parse(text) : []));
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async (req, res) => {
    let text = '';
    for await (const chunk of req) text += chunk;
    collector.bodies.push({ path: req.url ?? '', text });
    collector.answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return collector;
}
export type Collector = Awaited<ReturnType<typeof startCollector>>;
