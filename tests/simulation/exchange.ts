import type { HttpRequest, HttpResponse } from '@oms/shared/resilience/transport';
import { type Asker, inject, type Piece } from './inject.ts';
import type { Process } from './process.ts';
import type { Host, Universe } from './universe.ts';

interface Strange {
  /** What is returned instead of the answer. */
  instead?: HttpResponse;
  connected?: (() => void) | undefined;
}

/** One request, and its result: the first answer or failure, if any. */
export class Exchange {
  #isOver = false;
  /** More than one when the network delivers twice: the first answer counts. */
  readonly #deliveries = new Set<() => void>();
  #heard: symbol | undefined;
  #alive = () => {};

  constructor(
    private readonly universe: Universe,
    readonly from: Process,
    readonly host: Host,
    readonly request: HttpRequest,
    private readonly asker: Asker,
  ) {
    const { signal } = request;
    if (signal.aborted) this.#end(signal.reason as Error);
    else signal.addEventListener('abort', () => this.#giveUp(signal.reason as Error), { once: true });
  }

  trace(more: string): void {
    const { method, path, body = '', headers } = this.request;
    const key = headers['Idempotency-Key'] ?? headers['idempotency-key'];
    const named = key ? ` key ${key}` : '';
    this.universe.trace.add(this.from.name, `→ ${this.host.name} ${method} ${path} ${body}${named} ${more}`);
  }

  /** A request without a connection was never sent, not even by a network that delivers twice. */
  deliver(inMs: number, answerInMs: number, { instead, connected }: Strange = {}): void {
    const { universe, host, request } = this;
    universe.clock.in(inMs, () => {
      const { process, app } = host;
      if (!process || !app) return this.fail(1, 'ECONNREFUSED');
      connected?.();
      const dies = process.onDeath(() => this.fail(1, 'ECONNRESET'));
      const delivery = Symbol('delivery');
      process.enter(() => {
        let isAnswered = false;
        const hear = (piece: Piece) => {
          isAnswered ||= piece.isLast;
          if (piece.isLast) dies();
          const { head } = piece;
          if (answerInMs === Number.POSITIVE_INFINITY || process.isDead) {
            if (head) universe.trace.add(host.name, `answers nobody ${head.status}`);
          } else if (!instead) this.#hear(answerInMs, delivery, piece);
          else if (piece.isLast) this.answer(answerInMs, instead);
        };
        const gone = inject(app, request, { hear, fail: () => this.fail(1, 'ECONNRESET') });
        if (!isAnswered) this.#deliveries.add(() => process.enter(gone));
      });
    });
  }

  answer(inMs: number, { body, ...head }: HttpResponse): void {
    this.#hear(inMs, Symbol('answer'), { head, body, isLast: true });
  }

  fail(inMs: number, code: 'ECONNRESET' | 'ECONNREFUSED'): void {
    this.universe.clock.in(inMs, () => {
      this.from.enter(() => this.#end(Object.assign(new Error(`simulated ${code}`), { code })));
    });
  }

  #hear(inMs: number, delivery: symbol, piece: Piece): void {
    const { method, path } = this.request;
    const { head, isLast } = piece;
    this.universe.clock.in(inMs, () => {
      if (head) this.universe.trace.add(this.from.name, `← ${this.host.name} ${head.status} to ${method} ${path}`);
      this.from.enter(() => {
        if (this.#isOver || (this.#heard ??= delivery) !== delivery) return;
        this.#isOver = isLast;
        if (!isLast && head) this.#alive = this.from.onDeath(() => this.#leave());
        if (isLast) this.#alive();
        this.asker.hear(piece);
      });
    });
  }

  /** The server sees that the client is gone. */
  #giveUp(reason: Error): void {
    if (this.#isOver) return;
    this.#leave();
    this.#end(reason);
  }

  #leave(): void {
    for (const gone of this.#deliveries) this.universe.clock.in(1, gone);
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#alive();
    this.asker.fail(error);
  }
}
