import { MemoryStore } from '@oms/shared/store/memory';
import type { Change, Docs, RequestKey, Written } from '@oms/shared/store/store';
import type { Trace } from '@oms/shared/telemetry/trace';
import type { OrderDoc } from '../src/book/order-book.ts';

/** The real store, which tells what was written to it, and is slow or fails when told to. */
export class WatchedStore extends MemoryStore<OrderDoc> {
  /** The types of the events of each write, and the request's key that it settled. */
  writes: { types: string[]; settles?: string | undefined }[] = [];
  /** The next write fails, before or after it was carried out. */
  failing: 'before' | 'after' | undefined;
  /** Writes that begin now wait for this, … */
  ready: Promise<void> | undefined;
  /** … and every write takes this long. */
  delayMs = 0;

  override async write<R = undefined>(
    ids: readonly string[],
    request: RequestKey | undefined,
    change: (docs: Docs<OrderDoc>) => Change<OrderDoc, R>,
    trace?: Trace,
  ): Promise<Written<R>> {
    const { failing, ready } = this;
    this.failing = undefined;
    await ready;
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (failing === 'before') throw new Error('the store cannot be reached');
    const watched = (docs: Docs<OrderDoc>) => {
      const decided = change(docs);
      const types = (decided.events ?? []).map(({ type }) => type);
      this.writes.push({ types, settles: decided.settle?.key });
      return decided;
    };
    const written = await super.write<R>(ids, request, watched, trace);
    if (failing === 'after') throw new Error('the connection to the store was lost');
    return written;
  }
}
