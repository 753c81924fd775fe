import type { HttpRequest, HttpResponse, Transport } from '@oms/shared/resilience/transport';
import type { Process } from '../process.ts';
import type { Universe } from '../universe.ts';

/** One call that a step of a saga makes, and what can be done to it on its way. */
export interface StepCall {
  orderId: string;
  /** The step's name, with `undo-` before it for its undo. */
  name: string;
  carryOut(): Promise<HttpResponse>;
  refuse(): HttpResponse;
  /** Connection reset: the request may have arrived. */
  lose(): never;
  /** Connection refused: the request was not sent. */
  cannotConnect(): never;
  /** The process that makes the call crashes, and gets no answer. */
  crash(): Promise<never>;
}

export type Meddle = (call: StepCall) => Promise<HttpResponse>;

const DEAD_FOR_MS = 1_000;

/** A transport that injects faults into the calls of steps, which it recognizes by their keys. */
export function meddled(transport: Transport, from: Process, universe: Universe, meddle: Meddle): Transport {
  return {
    ...transport,
    send(request) {
      const [orderId, name] = (request.headers['Idempotency-Key'] ?? '').split(':');
      if (!from.name.startsWith('order-') || !orderId || !name) return transport.send(request);
      return meddle(callOf({ orderId, name }, request, transport, from, universe));
    },
  };
}

function callOf(
  about: { orderId: string; name: string },
  request: HttpRequest,
  transport: Transport,
  from: Process,
  universe: Universe,
): StepCall {
  const fail = (code: string): never => {
    universe.trace.add(from.name, `*** ${about.name} meets ${code}`);
    throw Object.assign(new Error(`simulated ${code}`), { code });
  };
  return {
    ...about,
    carryOut: () => transport.send(request),
    refuse() {
      universe.trace.add(from.name, `*** ${about.name} is refused`);
      return { status: 409, headers: {}, body: JSON.stringify({ code: 'NOT_TODAY', detail: 'not today' }) };
    },
    lose: () => fail('ECONNRESET'),
    cannotConnect: () => fail('ECONNREFUSED'),
    crash() {
      universe.trace.add(from.name, `*** crashes at ${about.name}`);
      universe.kill(from, DEAD_FOR_MS);
      return new Promise<never>(() => {});
    },
  };
}
