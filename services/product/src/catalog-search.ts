import { setImmediate as nextTurn } from 'node:timers/promises';
import { oneAtATime } from '@oms/shared/one-at-a-time';
import type { Store } from '@oms/shared/store/store';
import { apply, isOnSale, type Product, type ProductEvent } from './domain/product.ts';
import { SearchIndex } from './search.ts';

const AT_ONCE = 1_000;
/** The most products indexed before other work has its turn. */
const PER_TURN = 20;

/**
 * Searches the products of the service's own events. Each search first reads all new events, so that it finds everything
 * committed before it, here or on another replica.
 */
export class CatalogSearch {
  readonly #index = new SearchIndex();
  #position = '0';
  /** Brings the index up to date. */
  readonly catchUp = oneAtATime(() => this.#read());

  constructor(private readonly store: Pick<Store<Product>, 'events'>) {}

  async find(query: string, limit: number): Promise<Product[]> {
    await this.catchUp();
    return this.#index.search(query, limit);
  }

  async #read(): Promise<void> {
    for (;;) {
      const events = await this.store.events({ after: this.#position, limit: AT_ONCE });
      for (const [i, { type, data, at, position }] of events.entries()) {
        if (i % PER_TURN === PER_TURN - 1) await nextTurn();
        this.#take({ type, data } as ProductEvent, at);
        this.#position = position;
      }
      if (events.length < AT_ONCE) return;
    }
  }

  #take(event: ProductEvent, at: number): void {
    const product = apply(this.#index.get(event.data.productId), event, at);
    if (isOnSale(product)) this.#index.put(product);
    else this.#index.remove(event.data.productId);
  }
}
