import type { Order } from '@oms/shared/contracts/order';
import { signal } from '@preact/signals';
import { call, isProblem, type Problem } from '../http/api.ts';

/** What a page places an order with. */
export interface Wish {
  customerId: string;
  items: { productId: string; quantity: number }[];
  paymentMethod: string;
  autoConfirm: boolean;
  shippingAddress: typeof ADDRESS;
}

export const ADDRESS = { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

export type Placed = { order: Order; problem?: undefined } | { order?: undefined; problem: Problem };

/** Places an order; being refused is an outcome too. Told to come back later, it does. */
export async function place(wish: Wish, stopped: AbortSignal, onWait: () => void = () => {}): Promise<Placed> {
  for (;;) {
    try {
      return { order: (await call<Order>('POST', '/orders', { body: wish })).body };
    } catch (problem) {
      if (!isProblem(problem)) throw problem;
      if (problem.code !== 'RATE_LIMITED' || stopped.aborted) return { problem };
      onWait();
      await new Promise((resolve) => setTimeout(resolve, problem.retryAfterMs));
    }
  }
}

export interface Progress {
  total: number;
  done: number;
  /** By what became of them: a status, or the code of the refusal. */
  outcomes: Record<string, number>;
  isOver: boolean;
  /** The gateway asks to be left alone for a while. */
  isWaiting: boolean;
  startedAt: number;
  endedAt: number;
}

const AT_ONCE = 8;

/** Many orders, some at a time. */
export class Burst {
  readonly progress = signal<Progress>(before(0));
  #stop = new AbortController();

  async run(wish: Wish, total: number, atOnce = AT_ONCE): Promise<Progress> {
    this.#stop = new AbortController();
    this.progress.value = before(total);
    let next = 0;
    const worker = async () => {
      while (next++ < total && !this.#stop.signal.aborted) {
        const { order, problem } = await place(wish, this.#stop.signal, () => this.#note({ isWaiting: true }));
        this.#count(order?.status ?? problem?.code ?? '');
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, total) }, worker));
    this.#note({ isOver: true });
    return this.progress.value;
  }

  stop(): void {
    this.#stop.abort();
  }

  #count(outcome: string): void {
    const { done, outcomes } = this.progress.value;
    const counted = { ...outcomes, [outcome]: (outcomes[outcome] ?? 0) + 1 };
    this.#note({ done: done + 1, outcomes: counted, isWaiting: false });
  }

  #note(change: Partial<Progress>): void {
    this.progress.value = { ...this.progress.value, ...change, endedAt: performance.now() };
  }
}

function before(total: number): Progress {
  const startedAt = performance.now();
  return { total, done: 0, outcomes: {}, isOver: total === 0, isWaiting: false, startedAt, endedAt: startedAt };
}
