import type { HttpRequest, HttpResponse, Transport } from '@oms/shared/resilience/transport';
import type { Asker } from './inject.ts';
import { INJECTED, isKeyless, type Wire } from './network.ts';
import { type Person, personIn } from './people.ts';
import type { Process } from './process.ts';

/** What somebody asked, once, and all that came back to him. */
export interface Encounter {
  person: Person;
  request: HttpRequest;
  /** Absent: nothing came back from a service, or a gateway. */
  head?: Omit<HttpResponse, 'body'>;
  body: string;
  /** How often a gateway sent it on. */
  forwarded: number;
}

/** Hears whatever is said between people and gateways. Each request has a trace of its own, which all that comes of it names. */
export class Witness implements Wire {
  /** By their traces. */
  readonly encounters = new Map<string, Encounter>();

  /** The way out of a process of people, on which each request is given a trace. */
  transportOf(transport: Transport): Transport {
    return {
      ...transport,
      send: (request) => {
        const traceId = (this.encounters.size + 1).toString(16).padStart(32, '0');
        const traceparent = `00-${traceId}-${traceId.slice(16)}-00`;
        this.encounters.set(traceId, { person: personIn(request.headers), request, body: '', forwarded: 0 });
        return transport.send({ ...request, headers: { ...request.headers, traceparent } });
      },
    };
  }

  /** Whether somebody asked for something, without a key, and does not know what came of it. */
  get hasOpenWrites(): boolean {
    return [...this.encounters.values()].some(
      ({ head, request }) => isKeyless(request) && !(head && head.status < 500),
    );
  }

  follow(from: Process, { headers }: HttpRequest, asker: Asker): Asker {
    const encounter = this.encounters.get(headers.traceparent?.slice(3, 35) ?? '');
    if (!encounter) return asker;
    if (from.name !== 'people') {
      if (from.name.startsWith('gateway')) encounter.forwarded++;
      return asker;
    }
    return {
      hear: (piece) => {
        if (piece.head && !piece.head.headers[INJECTED]) encounter.head = piece.head;
        encounter.body += piece.body;
        asker.hear(piece);
      },
      fail: (error) => asker.fail(error),
    };
  }
}
