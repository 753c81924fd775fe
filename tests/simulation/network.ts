import type { HttpRequest, HttpResponse, Transport } from '@oms/shared/resilience/transport';
import { Chance } from '../crash/chance.ts';
import { Exchange } from './exchange.ts';
import type { Fault } from './faults.ts';
import type { Asker } from './inject.ts';
import type { Process } from './process.ts';
import type { Host, Universe } from './universe.ts';
import { type Agent, flowingAnswers, wholeAnswers } from './ways.ts';

const LATENCY_MS = [1, 12] as const;
const REORDERED_MS = [50, 2_500] as const;
const PAST_ALL_TIMEOUTS_MS = [5_100, 30_000] as const;

type Outage = { id: string; kind: Fault<'outage'>['kind']; host: string; from: number; to: number };

/** Marks an answer as one of the network, not of a service. */
export const INJECTED = 'x-injected';

/** Observes the traffic of the network. */
export interface Wire {
  follow(from: Process, request: HttpRequest, asker: Asker): Asker;
}

/** Carries requests between processes, as reliably as the faults allow. */
export class Network {
  readonly #chance: Chance;
  readonly #outages: Outage[];

  constructor(
    private readonly universe: Universe,
    seed: number,
    /** Observes all requests and answers. */
    private readonly wire: Wire = { follow: (_from, _request, asker) => asker },
  ) {
    this.#chance = new Chance(seed, 'network');
    this.#outages = outages(universe);
  }

  /** The transport of one process, with complete answers. */
  transportOf = (from: Process): Transport => wholeAnswers((request, asker) => this.#send(from, request, asker));

  /** The same transport, with streamed answers. */
  agentOf = (from: Process): Agent => flowingAnswers((request, asker) => this.#send(from, request, asker));

  #send(from: Process, request: HttpRequest, asker: Asker): void {
    const { universe } = this;
    const left = universe.moment(from, 'send');
    if (!left) return;
    from.enter(() => {
      const host = universe.hosts.find(({ origin }) => origin === request.origin) ?? NOWHERE;
      const one = new Exchange(universe, from, host, request, this.wire.follow(from, request, asker));
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
        // A request without a key is never sent twice: nothing could be promised then.
        const connected = isKeyless(one.request) ? undefined : () => one.deliver(laterMs, latency());
        one.deliver(latency(), latency(), { connected });
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

/** In worlds without this service. */
const NOWHERE: Host = { name: 'nowhere', origin: '', lives: 0, boot: () => Promise.reject(new Error('is not there')) };

export const isKeyless = ({ method, headers }: HttpRequest): boolean =>
  method !== 'GET' && !headers['Idempotency-Key'] && !headers['idempotency-key'];

function injected(status: number): HttpResponse {
  const headers: HttpResponse['headers'] = { [INJECTED]: 'yes', 'retry-after': '1' };
  return { status, headers, body: JSON.stringify({ code: 'INJECTED', detail: 'The network answered this.' }) };
}

const SUFFERERS = ['inventory', 'payment', 'shipping', 'order-1', 'order-2', 'product', 'gateway-1', 'gateway-2'];
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
