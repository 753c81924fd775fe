import type { HttpRequest, HttpResponse, Transport } from '@oms/shared/resilience/transport';
import { Chance } from '../crash/chance.ts';
import type { Fault } from './faults.ts';
import { inject } from './inject.ts';
import type { Process } from './process.ts';
import type { Host, Universe } from './universe.ts';

const LATENCY_MS = [1, 12] as const;
const REORDERED_MS = [50, 2_500] as const;
const PAST_ALL_TIMEOUTS_MS = [5_100, 30_000] as const;

type Outage = { id: string; kind: Fault<'outage'>['kind']; host: string; from: number; to: number };

/** Says of an answer that no service gave it. */
export const INJECTED = 'x-injected';

/** Carries requests between processes, as reliably as the faults allow. */
export class Network {
  readonly #chance: Chance;
  readonly #outages: Outage[];

  constructor(
    private readonly universe: Universe,
    seed: number,
  ) {
    this.#chance = new Chance(seed, 'network');
    this.#outages = outages(universe);
  }

  /** The way out of one process. */
  transportOf(from: Process): Transport {
    return {
      send: (request) => new Promise((resolve, reject) => this.#send(from, request, resolve, reject)),
      close: async () => {},
    };
  }

  #send(from: Process, request: HttpRequest, resolve: (answer: HttpResponse) => void, reject: Reject): void {
    const { universe } = this;
    const left = universe.moment(from, 'send');
    if (!left) return;
    from.enter(() => {
      const host = universe.hosts.find(({ origin }) => origin === request.origin) as Host;
      const one = new Exchange(universe, from, host, request, resolve, reject);
      this.#carry(one);
      left();
    });
  }

  #carry(one: Exchange): void {
    const id = this.universe.next(`message:${one.from.name}:${one.host.name}`);
    const latency = () => this.#chance.between(...LATENCY_MS);
    const outage = this.#outageOf(one.host);
    const fault = outage ? undefined : this.universe.faults.at('message', id);
    if (fault) this.universe.faults.strike(fault);
    const kind = outage?.kind ?? fault?.kind;
    one.trace(kind ? `*** ${kind} (${outage?.id ?? id})` : '');
    switch (kind) {
      case undefined:
        one.deliver(latency(), latency());
        break;
      case 'drop request':
      case 'outage: nobody hears':
        return;
      case 'drop answer':
      case 'outage: answers lost':
        one.deliver(latency(), Number.POSITIVE_INFINITY);
        break;
      case 'delay request past every timeout':
        one.deliver(this.#drawn(fault, PAST_ALL_TIMEOUTS_MS), latency());
        break;
      case 'delay answer past every timeout':
        one.deliver(latency(), this.#drawn(fault, PAST_ALL_TIMEOUTS_MS));
        break;
      case 'reorder':
        one.deliver(this.#drawn(fault, REORDERED_MS), latency());
        break;
      case 'duplicate': {
        const laterMs = this.#drawn(fault, fault?.chance.in(0.5) ? REORDERED_MS : PAST_ALL_TIMEOUTS_MS);
        one.deliver(latency(), latency(), { connected: () => one.deliver(laterMs, latency()) });
        break;
      }
      case 'reset before':
        one.fail(latency(), 'ECONNRESET');
        break;
      case 'reset after':
        one.deliver(latency(), Number.POSITIVE_INFINITY);
        one.fail(2 * latency(), 'ECONNRESET');
        break;
      case 'outage: refused':
        one.fail(latency(), 'ECONNREFUSED');
        break;
      case 'answer 429':
        one.answer(latency(), injected(429));
        break;
      case 'answer 503':
        one.answer(latency(), injected(503));
        break;
      case 'answer 500 before the change':
      case 'outage: answers 500':
        one.answer(latency(), injected(500));
        break;
      case 'answer 500 after the change':
        one.deliver(latency(), latency(), { instead: injected(500) });
        break;
    }
  }

  #drawn(fault: Fault<'message'> | undefined, [least, most]: readonly [number, number]): number {
    return fault?.chance.between(least, most) ?? least;
  }

  #outageOf(host: Host): Outage | undefined {
    const { clock, faults } = this.universe;
    if (faults.healed) return undefined;
    const outage = this.#outages.find((one) => one.host === host.name && one.from <= clock.now && clock.now < one.to);
    if (outage && !faults.fired.some(({ id }) => id === outage.id)) faults.strike(outage);
    return outage;
  }
}

type Reject = (error: Error) => void;

interface Strange {
  /** What comes back in the place of the answer. */
  instead?: HttpResponse;
  connected?: () => void;
}

/** One request, and what comes back to whoever waits for it: the first answer or failure, if anything. */
class Exchange {
  constructor(
    private readonly universe: Universe,
    readonly from: Process,
    readonly host: Host,
    private readonly request: HttpRequest,
    private readonly resolve: (answer: HttpResponse) => void,
    private readonly reject: Reject,
  ) {
    const { signal } = request;
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  }

  trace(more: string): void {
    const { method, path, body = '' } = this.request;
    const key = this.request.headers['Idempotency-Key'];
    const named = key ? ` key ${key}` : '';
    this.universe.trace.add(this.from.name, `→ ${this.host.name} ${method} ${path} ${body}${named} ${more}`);
  }

  /** What cannot be connected was never sent, not even by a network that sends things twice. */
  deliver(inMs: number, answerInMs: number, { instead, connected }: Strange = {}): void {
    this.universe.clock.in(inMs, () => {
      const { process, app } = this.host;
      if (!process || !app) return this.fail(1, 'ECONNREFUSED');
      connected?.();
      const alive = process.onDeath(() => this.fail(1, 'ECONNRESET'));
      process.enter(() => {
        inject(app, this.request, (answer) => {
          alive();
          if (answerInMs < Number.POSITIVE_INFINITY && !process.isDead) this.answer(answerInMs, instead ?? answer);
          else this.universe.trace.add(this.host.name, `answers nobody ${answer.status}`);
        });
      });
    });
  }

  answer(inMs: number, answer: HttpResponse): void {
    const { method, path } = this.request;
    this.universe.clock.in(inMs, () => {
      this.universe.trace.add(this.from.name, `← ${this.host.name} ${answer.status} to ${method} ${path}`);
      this.from.enter(() => this.resolve(answer));
    });
  }

  fail(inMs: number, code: 'ECONNRESET' | 'ECONNREFUSED'): void {
    this.universe.clock.in(inMs, () => {
      this.from.enter(() => this.reject(Object.assign(new Error(`simulated ${code}`), { code })));
    });
  }
}

function injected(status: number): HttpResponse {
  const headers: HttpResponse['headers'] = { [INJECTED]: 'yes', 'retry-after': '1' };
  return { status, headers, body: JSON.stringify({ code: 'INJECTED', detail: 'The network answered this.' }) };
}

const SUFFERERS = ['inventory', 'payment', 'shipping', 'order-1', 'order-2', 'product'];
const MOST_OUTAGES = 2;

function outages({ clock, faults }: Universe): Outage[] {
  return Array.from({ length: MOST_OUTAGES }, (_, i) => faults.at('outage', `outage:${i + 1}`)).flatMap((fault) => {
    if (!fault) return [];
    const { id, kind, chance } = fault;
    const from = clock.now + chance.between(0, 15_000);
    const host = SUFFERERS[chance.between(0, SUFFERERS.length - 1)] as string;
    return [{ id, kind, host, from, to: from + chance.between(2_000, 50_000) }];
  });
}
