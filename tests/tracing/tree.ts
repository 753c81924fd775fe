import type { ZipkinSpan } from '../servers/span-collector.ts';

/** A trace as Zipkin has it. */
export class Tree {
  readonly #byId: Map<string, ZipkinSpan>;

  constructor(readonly spans: readonly ZipkinSpan[]) {
    this.#byId = new Map(spans.map((span) => [span.id, span]));
  }

  get services(): Set<string> {
    return new Set(this.spans.map(serviceOf));
  }

  /** Where the trace begins. */
  get roots(): ZipkinSpan[] {
    return this.spans.filter(({ parentId }) => parentId === undefined);
  }

  /** What was caused by something that nobody has told of. */
  get orphans(): ZipkinSpan[] {
    return this.spans.filter(({ parentId }) => parentId !== undefined && !this.#byId.has(parentId));
  }

  find(name: string, tags: Record<string, string> = {}): ZipkinSpan[] {
    const fits = (span: ZipkinSpan) => Object.entries(tags).every(([tag, value]) => span.tags?.[tag] === value);
    return this.spans.filter((span) => span.name === name && fits(span));
  }

  /** What led to a span, beginning with the first cause. */
  wayTo(span: ZipkinSpan): string[] {
    const parent = this.#byId.get(span.parentId ?? '');
    return [...(parent ? this.wayTo(parent) : []), `${serviceOf(span)}: ${span.name}`];
  }

  /** Services hand over their parts when they like. */
  get isWhole(): boolean {
    const calls = this.spans.filter(({ kind, tags }) => kind === 'CLIENT' && tags['peer.service'] !== undefined);
    const causes = new Set(this.spans.map(({ parentId }) => parentId));
    return this.orphans.length === 0 && calls.every(({ id }) => causes.has(id));
  }

  /** Requests to services that are not what another one recorded as its call. */
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
