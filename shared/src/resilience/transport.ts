import { Agent, type Dispatcher } from 'undici';
import type { CallSignal } from './cut.ts';
import { type LookUp, lookUp } from './names.ts';

export interface HttpRequest {
  method: string;
  /** Scheme, host and port. */
  origin: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  signal: CallSignal;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Carries one request to another process. Tests put a simulated network here, and replace nothing else. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Absent: every name stands for one machine. */
  lookUp?: LookUp;
  close(): Promise<void>;
}

/** Shorter than the servers keep an idle connection, so that no request meets a closing socket. */
const IDLE_MS = 30_000;
const CONNECT_MS = 2_000;

/** The connections to other processes. The caller sets the timeout of an answer. */
export const connections = (more: Agent.Options = {}): Agent =>
  new Agent({
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    connectTimeout: CONNECT_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    ...more,
  });

export function undiciTransport(agent: Agent = connections()): Transport {
  return {
    send: ({ method, origin, path, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const request = { method: method as Dispatcher.HttpMethod, origin, path, headers, body };
        agent.dispatch(request, new Exchange(signal, resolve, reject));
      }),
    lookUp,
    close: () => agent.destroy(),
  };
}

/** One request and its answer. The callers need the answer as a whole, so there is no stream. */
class Exchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: HttpResponse['headers'] = {};
  #chunks: Buffer[] = [];

  constructor(
    private readonly signal: CallSignal,
    private readonly resolve: (response: HttpResponse) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    signal.addEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => {
    this.#controller?.abort(this.signal.reason as Error);
    this.reject(this.signal.reason);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.signal.aborted) controller.abort(this.signal.reason as Error);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpResponse['headers']): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.signal.removeEventListener('abort', this.#abort);
    const body = (this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)).toString();
    this.resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.signal.removeEventListener('abort', this.#abort);
    this.reject(error);
  }
}

const READY_WITHIN_MS = 1_000;

/** Whether a process says that requests may be sent to it. */
export const isReady =
  (transport: Transport) =>
  async (origin: string): Promise<boolean> => {
    const signal = AbortSignal.timeout(READY_WITHIN_MS);
    const request = { method: 'GET', origin, path: '/readyz', headers: {}, body: undefined, signal };
    const { status } = await transport.send(request);
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
export const neverConnected = (error: unknown): boolean => NEVER_CONNECTED.has((error as { code: string }).code);
