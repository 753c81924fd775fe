import type { Product } from './domain/product.ts';

/** The best match is in the first of these. */
const FIELDS = ['name', 'productId', 'sku', 'category', 'description'] as const satisfies (keyof Product)[];

/**
 * What separates a match from a perfect one: first the field it is in, then that it is only the beginning of a word,
 * then how far back the word stands. A query has at most a hundred words, so that their sums keep this order, too.
 */
const LAST_PLACE = 999;
export const INEXACT = 100_000;
const PER_FIELD = 100_000_000;

/** A product as it is searched. */
export interface Entry {
  product: Product;
  /** The words of the name, as they are compared. */
  name: string;
  words: readonly string[];
  /**
   * How far the product is from a perfect match, with the last word searched for that it has and before that. It is
   * kept here because a table of its own takes most of the time of a search that finds very many.
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

/** Whether both are found by the same queries, at the same places. */
export const hasSameWords = (one: Product, other: Product): boolean =>
  FIELDS.every((field) => one[field] === other[field]);

/** Where each word of a product stands, at its best. */
export function placesOf(product: Product): Map<string, number> {
  const places = new Map<string, number>();
  for (const [i, field] of FIELDS.entries()) {
    for (const [place, word] of wordsOf(product[field] ?? '').entries()) {
      if (!places.has(word)) places.set(word, i * PER_FIELD + Math.min(place, LAST_PLACE));
    }
  }
  return places;
}

/** The best so many of perhaps very many; a name that is just what was asked for stands first. */
export function best(found: readonly Entry[], asked: string, limit: number): Entry[] {
  const hits: Entry[] = [];
  const isBefore = (a: Entry, b: Entry): boolean => {
    if ((a.name === asked) !== (b.name === asked)) return a.name === asked;
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
