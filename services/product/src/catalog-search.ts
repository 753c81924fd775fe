import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Store } from '@oms/shared/store/store';
import { apply, isOnSale, type Product, type ProductEvent } from './product.ts';
import { SearchIndex } from './search.ts';

const AT_ONCE = 1_000;
/** So many products are indexed before others have their turn. */
const PER_TURN = 20;

/**
 * Searches what the service's own events tell. They are read up to the newest before each search, so that whatever was
 * committed before it, here or on another replica, is found.
 */
export class CatalogSearch {
  readonly #index = new SearchIndex();
  #position = '0';
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(private readonly store: Pick<Store<Product>, 'events'>) {}

  async find(query: string, limit: number): Promise<Product[]> {
    await this.catchUp();
    return this.#index.search(query, limit);
  }

  /** A reading under way may have passed what has just been committed; the next one has not begun, and serves all who wait. */
  catchUp(): Promise<void> {
    this.#next ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        this.#reading = this.#read();
        return this.#reading;
      });
    return this.#next;
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
