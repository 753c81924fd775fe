import type { OmsError, Order, Retry } from '@oms/client';
import { signal } from '@preact/signals';
import { oms, problemOf } from './api.ts';

/** The body of a request that places an order. */
export interface OrderRequest {
  customerId: string;
  items: { productId: string; quantity: number }[];
  paymentMethod: string;
  autoConfirm: boolean;
  shippingAddress: typeof ADDRESS;
}

export const ADDRESS = { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

export type Placed = { order: Order; problem?: undefined } | { order?: undefined; problem: OmsError };

/** Places an order. A refusal is a result, too. While the gateway limits the rate, it waits. */
export async function place(body: OrderRequest, onWait: () => void = () => {}): Promise<Placed> {
  let order: Order | undefined;
  const onRetry = ({ error }: Retry) => error?.is('RATE_LIMITED') && onWait();
  const problem = await problemOf(async () => {
    order = await oms().orders.place(body, { onRetry });
  });
  return problem ? { problem } : { order: order as Order };
}

export interface Progress {
  total: number;
  done: number;
  /** How many ended with which status, or with which code of a refusal. */
  outcomes: Record<string, number>;
  isOver: boolean;
  /** The gateway limits the rate. */
  isWaiting: boolean;
  startedAt: number;
  endedAt: number;
}

const AT_ONCE = 8;

/** Places many orders, some at a time. */
export class Burst {
  readonly progress = signal<Progress>(before(0));
  #stop = new AbortController();

  async run(request: OrderRequest, total: number, atOnce = AT_ONCE): Promise<Progress> {
    this.#stop = new AbortController();
    this.progress.value = before(total);
    let next = 0;
    const worker = async () => {
      while (next++ < total && !this.#stop.signal.aborted) {
        const { order, problem } = await place(request, () => this.#update({ isWaiting: true }));
        this.#count(order?.status ?? problem?.code ?? '');
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, total) }, worker));
    this.#update({ isOver: true });
    return this.progress.value;
  }

  stop(): void {
    this.#stop.abort();
  }

  #count(outcome: string): void {
    const { done, outcomes } = this.progress.value;
    const counted = { ...outcomes, [outcome]: (outcomes[outcome] ?? 0) + 1 };
    this.#update({ done: done + 1, outcomes: counted, isWaiting: false });
  }

  #update(change: Partial<Progress>): void {
    this.progress.value = { ...this.progress.value, ...change, endedAt: performance.now() };
  }
}

function before(total: number): Progress {
  const startedAt = performance.now();
  return { total, done: 0, outcomes: {}, isOver: total === 0, isWaiting: false, startedAt, endedAt: startedAt };
}
