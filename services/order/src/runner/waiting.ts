import type { World } from '@oms/shared/world';
import type { OrderBook } from '../book/order-book.ts';
import type { SagaName } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';

export interface WaitingParts {
  book: OrderBook;
  world: Pick<World, 'now'>;
  /** Aborts when the service stops: nobody waits for long then. */
  stopping: AbortSignal;
  drainWaitMs: number;
}

const LOOK_EVERY_MS = 250;

/** Requests wait for sagas: as long as their clients want to, and only a little once the service stops. */
export class Waiting {
  /** What to do for each request that waits when the service stops. */
  readonly #hurries = new Set<() => void>();

  constructor(private readonly parts: WaitingParts) {
    parts.stopping.addEventListener('abort', () => {
      for (const hurry of this.#hurries) hurry();
    });
  }

  /** What is promised; or undefined if it does not come in time. */
  within<T>(waitMs: number, promised: Promise<T>): Promise<T | undefined> {
    const { stopping, drainWaitMs } = this.parts;
    return new Promise((resolve) => {
      const end = (value?: T) => {
        clearTimeout(timer);
        this.#hurries.delete(hurry);
        resolve(value);
      };
      let timer = setTimeout(end, waitMs);
      const hurry = () => {
        clearTimeout(timer);
        timer = setTimeout(end, Math.min(waitMs, drainWaitMs));
      };
      this.#hurries.add(hurry);
      if (stopping.aborted) hurry();
      promised.then(end);
    });
  }

  /** The order once its saga, which may run elsewhere, has ended or pauses; or as it is when the time is over. */
  async forSaga(orderId: string, saga: SagaName, waitMs: number): Promise<Order | undefined> {
    const { book, world, stopping } = this.parts;
    const until = world.now() + waitMs;
    for (;;) {
      const order = (await book.read(orderId))?.order;
      if (!isRunning(order, saga) || world.now() >= until || stopping.aborted) return order;
      await this.#newsOf(orderId, Math.min(LOOK_EVERY_MS, until - world.now()));
    }
  }

  #newsOf(orderId: string, atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      const stopListening = this.parts.book.store.onEvents((news) => {
        if (news?.has(orderId) ?? true) done();
      });
    });
  }
}

/** That saga is under way, and does not pause. */
export const isRunning = (order: Order | undefined, saga: SagaName): boolean =>
  order?.saga?.name === saga && order.saga.nextAt === undefined;
