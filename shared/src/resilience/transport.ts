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

/** The connections to other processes. How long an answer may take is said by whoever asks. */
export const connections = (): Agent =>
  new Agent({
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    connectTimeout: CONNECT_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

export function undiciTransport(agent: Agent = connections()): Transport {
  return {
    async send({ signal, ...request }) {
      const options = { ...request, method: request.method as 'GET', signal };
      const { statusCode, headers, body } = await agent.request(options);
      return { status: statusCode, headers, body: await body.text() };
    },
    close: () => agent.destroy(),
  };
}

const READY_WITHIN_MS = 1_000;

/** Whether a process says that requests may be sent to it. */
export const isReady =
  (transport: Transport) =>
  async (origin: string): Promise<boolean> => {
    const signal = AbortSignal.timeout(READY_WITHIN_MS);
    const { status } = await transport.send({
      method: 'GET',
      origin,
      path: '/readyz',
      headers: {},
      body: undefined,
      signal,
    });
    return status === 200;
  };

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether the connection was never made, so that nothing was sent over it. */
export const neverConnected = (error: unknown): boolean => NEVER_CONNECTED.has((error as { code?: string }).code ?? '');
