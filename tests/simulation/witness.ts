import type { HttpRequest, HttpResponse, Transport } from '@oms/shared/resilience/transport';
import type { Asker } from './inject.ts';
import { INJECTED, isKeyless, type Wire } from './network.ts';
import { type Person, personIn } from './people.ts';
import type { Process } from './process.ts';

/** One request of a client, and all its answers. */
export interface Encounter {
  person: Person;
  request: HttpRequest;
  /** Absent: neither a service nor a gateway answered. */
  head?: Omit<HttpResponse, 'body'>;
  body: string;
  /** How often a gateway forwarded it. */
  forwarded: number;
}

/** Records all traffic between people and gateways. Each request has its own trace, which all its effects carry. */
export class Witness implements Wire {
  /** By their traces. */
  readonly encounters = new Map<string, Encounter>();

  /** The transport of clients, which gives each request a trace. */
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

  /** Whether a request without a key has an unknown result. */
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
