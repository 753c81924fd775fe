import SearchableMap from 'minisearch/SearchableMap';
import type { Product } from './domain/product.ts';
import { best, type Entry, hasSameWords, INEXACT, NOT_MET, placesOf, wordsOf } from './ranking.ts';

/** Finds products with every word of a query, or a word that begins with it; the best match comes first. */
export class SearchIndex {
  readonly #entries = new Map<string, Entry>();
  /** A tree of words: the time to add, remove or find a word depends on its length only. */
  readonly #having = new SearchableMap<Map<Entry, number>>();
  /** Counts the words of all searches. */
  #round = 0;

  get(productId: string): Product | undefined {
    return this.#entries.get(productId)?.product;
  }

  put(product: Product): void {
    const known = this.#entries.get(product.productId);
    if (known && hasSameWords(known.product, product)) return void (known.product = product);
    this.remove(product.productId);
    const places = placesOf(product);
    const entry = { product, name: wordsOf(product.name).join(' '), words: [...places.keys()], ...NOT_MET };
    this.#entries.set(product.productId, entry);
    for (const [word, distance] of places) {
      this.#having.fetch(word, () => new Map()).set(entry, distance);
    }
  }

  remove(productId: string): void {
    const entry = this.#entries.get(productId);
    if (!entry) return;
    this.#entries.delete(productId);
    for (const word of entry.words) {
      const having = this.#having.get(word);
      having?.delete(entry);
      if (having?.size === 0) this.#having.delete(word);
    }
  }

  search(query: string, limit: number): Product[] {
    const words = wordsOf(query);
    let found: readonly Entry[] | undefined;
    for (const word of new Set(words)) found = found?.length === 0 ? found : this.#matching(word, found);
    return best(found ?? [], words.join(' '), limit).map(({ product }) => product);
  }

  /** All products with the word; or those of the products found for the words before it. */
  #matching(word: string, among: readonly Entry[] | undefined): Entry[] {
    const before = this.#round;
    const round = ++this.#round;
    const found: Entry[] = [];
    for (const [candidate, having] of this.#having.atPrefix(word)) {
      const inexact = candidate === word ? 0 : INEXACT;
      for (const [entry, distance] of having) {
        if (entry.round === round) {
          entry.distance = Math.min(entry.distance, entry.distanceBefore + inexact + distance);
        } else if (!among || entry.round === before) {
          entry.distanceBefore = among ? entry.distance : 0;
          entry.distance = entry.distanceBefore + inexact + distance;
          entry.round = round;
          found.push(entry);
        }
      }
    }
    return found;
  }
}
