import { Agent } from 'undici';

export interface HttpRequest {
  method: string;
  /** Scheme, host and port. */
  origin: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  signal: AbortSignal;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Carries one request to another process. Tests put a simulated network here, and replace nothing else. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** Shorter than our servers keep an idle connection, so that no request meets a closing socket. */
const IDLE_MS = 30_000;
const CONNECT_MS = 2_000;

export function undiciTransport(): Transport {
  const agent = new Agent({
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    connectTimeout: CONNECT_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    async send({ signal, ...request }) {
      const options = { ...request, method: request.method as 'GET', signal };
      const { statusCode, headers, body } = await agent.request(options);
      return { status: statusCode, headers, body: await body.text() };
    },
    close: () => agent.destroy(),
  };
}
