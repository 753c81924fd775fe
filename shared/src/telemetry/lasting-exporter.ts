import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from './logger.ts';

type Done = Parameters<SpanExporter['export']>[1];

const ANSWER_LIMIT_MS = 10_000;
/** So many requests without an answer may wait; further spans are dropped. */
const MOST_UNANSWERED = 8;

/** Exports spans. When the receiver fails, spans are dropped, and the log says so once, and once that exports work again. */
export class LastingExporter implements SpanExporter {
  #unanswered = 0;
  #lost = 0;

  constructor(
    private readonly to: string,
    private readonly inner: SpanExporter,
    private readonly log: Logger,
  ) {}

  /** Never reports a failure: nobody else could do anything about it. */
  export(spans: ReadableSpan[], done: Done): void {
    if (this.#unanswered >= MOST_UNANSWERED) {
      this.#end(spans, done, new Error('earlier requests have no answer'));
      return;
    }
    let over = false;
    const end = (error?: Error) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      this.#end(spans, done, error);
    };
    const timer = setTimeout(() => end(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)), ANSWER_LIMIT_MS).unref();
    this.#unanswered++;
    this.inner.export(spans, ({ code, error }) => {
      this.#unanswered--;
      end(code === 0 ? undefined : (error ?? new Error('refused')));
    });
  }

  async shutdown(): Promise<void> {
    await this.inner.shutdown();
  }

  #end(spans: readonly ReadableSpan[], done: Done, error: Error | undefined): void {
    const { to, log } = this;
    if (error) {
      if (this.#lost === 0) log.warn('traces cannot be handed over', { to, reason: reasonOf(error) });
      this.#lost += spans.length;
    } else if (this.#lost > 0) {
      log.info('traces are handed over again', { to, lost: this.#lost });
      this.#lost = 0;
    }
    done({ code: 0 });
  }
}

/** When a host has several addresses, each has its own error, and the error around them has no message. */
const reasonOf = (error: Error & { code?: string }): string => error.message || String(error.code);
