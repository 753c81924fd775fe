import type { Product } from './domain/product.ts';

/** A match in an earlier field is better. */
const FIELDS = ['name', 'productId', 'sku', 'category', 'description'] as const satisfies (keyof Product)[];

/**
 * The distance of a match from a perfect one: first its field, then whether it is only the beginning of a word, then the
 * place of the word. A query has at most a hundred words, so that their sums keep this order, too.
 */
const LAST_PLACE = 999;
export const INEXACT = 100_000;
const PER_FIELD = 100_000_000;

/** A product in the index. */
export interface Entry {
  product: Product;
  /** The words of the name, in the form in which they are compared. */
  name: string;
  words: readonly string[];
  /**
   * The distance of the product from a perfect match, with the last word that it matched and before that word. It is
   * stored here because a table of its own takes most of the time of a search with very many results.
   */
  round: number;
  distance: number;
  distanceBefore: number;
}

export const NOT_MET = { round: 0, distance: 0, distanceBefore: 0 };

/** Case and accents do not matter. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** Whether the same queries find both, at the same places. */
export const hasSameWords = (one: Product, other: Product): boolean =>
  FIELDS.every((field) => one[field] === other[field]);

/** The best place of each word of a product. */
export function placesOf(product: Product): Map<string, number> {
  const places = new Map<string, number>();
  for (const [i, field] of FIELDS.entries()) {
    for (const [place, word] of wordsOf(product[field] ?? '').entries()) {
      if (!places.has(word)) places.set(word, i * PER_FIELD + Math.min(place, LAST_PLACE));
    }
  }
  return places;
}

/** The best of perhaps very many; a product whose name is the whole query comes first. */
export function best(found: readonly Entry[], query: string, limit: number): Entry[] {
  const hits: Entry[] = [];
  const isBefore = (a: Entry, b: Entry): boolean => {
    if ((a.name === query) !== (b.name === query)) return a.name === query;
    if (a.distance !== b.distance) return a.distance < b.distance;
    if (a.name !== b.name) return a.name < b.name;
    return a.product.productId < b.product.productId;
  };
  for (const entry of found) {
    if (hits.length === limit && !isBefore(entry, hits[limit - 1] as Entry)) continue;
    hits.splice(hits.findLastIndex((other) => isBefore(other, entry)) + 1, 0, entry);
    if (hits.length > limit) hits.pop();
  }
  return hits;
}
