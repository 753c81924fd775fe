import type { ZipkinSpan } from '../servers/span-collector.ts';

/** A trace as Zipkin stores it. */
export class Tree {
  readonly #byId: Map<string, ZipkinSpan>;

  constructor(readonly spans: readonly ZipkinSpan[]) {
    this.#byId = new Map(spans.map((span) => [span.id, span]));
  }

  get services(): Set<string> {
    return new Set(this.spans.map(serviceOf));
  }

  /** The spans that begin the trace. */
  get roots(): ZipkinSpan[] {
    return this.spans.filter(({ parentId }) => parentId === undefined);
  }

  /** The spans whose parent was not exported. */
  get orphans(): ZipkinSpan[] {
    return this.spans.filter(({ parentId }) => parentId !== undefined && !this.#byId.has(parentId));
  }

  find(name: string, tags: Record<string, string> = {}): ZipkinSpan[] {
    const fits = (span: ZipkinSpan) => Object.entries(tags).every(([tag, value]) => span.tags?.[tag] === value);
    return this.spans.filter((span) => span.name === name && fits(span));
  }

  /** The way from the root to a span. */
  wayTo(span: ZipkinSpan): string[] {
    const parent = this.#byId.get(span.parentId ?? '');
    return [...(parent ? this.wayTo(parent) : []), `${serviceOf(span)}: ${span.name}`];
  }

  /** Whether every service has exported its spans: each does so in its own time. */
  get isWhole(): boolean {
    const calls = this.spans.filter(({ kind, tags }) => kind === 'CLIENT' && tags['peer.service'] !== undefined);
    const causes = new Set(this.spans.map(({ parentId }) => parentId));
    return this.orphans.length === 0 && calls.every(({ id }) => causes.has(id));
  }

  /** Requests to services that no other service recorded as its call. */
  get uncalled(): string[] {
    const inside = this.spans.filter((span) => span.kind === 'SERVER' && serviceOf(span) !== 'gateway');
    return inside
      .filter((span) => !this.#isCalled(span))
      .map((span) => `${summaryOf(span)}, for ${this.#causeOf(span)}`);
  }

  #causeOf({ parentId }: ZipkinSpan): string {
    const cause = this.#byId.get(parentId ?? '');
    return cause ? summaryOf(cause) : 'nothing';
  }

  #isCalled({ parentId, localEndpoint, tags }: ZipkinSpan): boolean {
    const call = this.#byId.get(parentId ?? '');
    if (call?.kind !== 'CLIENT' || call.tags['peer.service'] !== localEndpoint.serviceName) return false;
    return call.tags['http.response.status_code'] === tags['http.response.status_code'];
  }
}

const summaryOf = (span: ZipkinSpan): string =>
  `${span.kind} ${serviceOf(span)}: ${span.name} ${JSON.stringify(span.tags)}`;
const serviceOf = ({ localEndpoint }: ZipkinSpan): string => localEndpoint.serviceName;
