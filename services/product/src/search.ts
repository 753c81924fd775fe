import type { Product } from './product.ts';
import { best, type Entry, INEXACT, NOT_MET, placesOf, wordsOf } from './ranking.ts';
import { SortedWords } from './sorted-words.ts';

/** Finds products that have every word of a query, or a word that begins with it, and puts the best first. */
export class SearchIndex {
  readonly #entries = new Map<string, Entry>();
  readonly #having = new Map<string, Map<Entry, number>>();
  readonly #words = new SortedWords();
  /** Counts the words that were ever searched for. */
  #round = 0;

  get(productId: string): Product | undefined {
    return this.#entries.get(productId)?.product;
  }

  put(product: Product): void {
    this.remove(product.productId);
    const places = placesOf(product);
    const entry = { product, name: wordsOf(product.name).join(' '), words: [...places.keys()], ...NOT_MET };
    this.#entries.set(product.productId, entry);
    for (const [word, distance] of places) {
      let having = this.#having.get(word);
      if (!having) {
        this.#having.set(word, (having = new Map()));
        this.#words.add(word);
      }
      having.set(entry, distance);
    }
  }

  remove(productId: string): void {
    const entry = this.#entries.get(productId);
    if (!entry) return;
    this.#entries.delete(productId);
    for (const word of entry.words) {
      const having = this.#distances(word);
      having.delete(entry);
      if (having.size > 0) continue;
      this.#having.delete(word);
      this.#words.remove(word);
    }
  }

  search(query: string, limit: number): Product[] {
    const words = wordsOf(query);
    let found: readonly Entry[] | undefined;
    for (const word of new Set(words)) found = found?.length === 0 ? found : this.#matching(word, found);
    return best(found ?? [], words.join(' '), limit).map(({ product }) => product);
  }

  /** All products that have the word; or, of those found for the words before it, the ones that have it too. */
  #matching(word: string, among: readonly Entry[] | undefined): Entry[] {
    const before = this.#round;
    const round = ++this.#round;
    const found: Entry[] = [];
    for (const candidate of this.#words.beginningWith(word)) {
      const inexact = candidate === word ? 0 : INEXACT;
      for (const [entry, distance] of this.#distances(candidate)) {
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

  #distances(word: string): Map<Entry, number> {
    return this.#having.get(word) as Map<Entry, number>;
  }
}
