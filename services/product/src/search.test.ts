import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Product } from './domain/product.ts';
import { SearchIndex } from './search.ts';

let index: SearchIndex;
beforeEach(() => {
  index = new SearchIndex();
});

const product = (productId: string, name: string, more: Partial<Product> = {}): Product => ({
  ...{ productId, name, priceCents: 100, createdAt: 1, updatedAt: 1 },
  ...more,
});
const put = (...products: Product[]) => {
  for (const one of products) index.put(one);
};
const found = (query: string, limit = 50) => index.search(query, limit).map(({ productId }) => productId);

describe('a product is found by', () => {
  beforeEach(() =>
    put(
      product('P-77', 'Café press', {
        sku: 'KIT.PRESS:1L',
        category: 'Küche & Bad',
        description: 'Straße, coffee; ﬁne glass',
      }),
      product('other', 'Wool blanket'),
    ),
  );

  it.each([
    ['a word of its name', 'press'],
    ['the beginning of a word', 'pre'],
    ['its id', 'P-77'],
    ['its sku', 'kit.press:1l'],
    ['its category', 'küche'],
    ['its description', 'glass'],
    ['words of different fields, in any order', 'coffee 77 café'],
    ['other cases', 'CAFÉ PRESS'],
    ['letters without accents', 'cafe kuche'],
    ['accents written apart', 'cafe\u0301'],
    ['folded letters', 'STRASSE fine'],
    ['words between signs', '  ¡coffee!,(press)  '],
  ])('%s', (_what, query) => expect(found(query)).toEqual(['P-77']));

  it.each([
    ['a word that it does not have', 'press wool'],
    ['the middle or the end of a word', 'ress'],
    ['more than a word', 'presses'],
    ['no word at all', ' -- '],
  ])('but not by %s', (_what, query) => expect(found(query)).toEqual([]));
});

describe('results are in this order:', () => {
  it('a name that is the whole query', () => {
    put(product('a', 'Lamp shade'), product('b', 'Desk lamp'), product('c', 'lámp'), product('d', 'Lamp'));
    expect(found('lamp')).toEqual(['c', 'd', 'a', 'b']);
    put(product('e', 'Desk lamp'), product('f', 'A desk lamp'));
    expect(found('desk lamp')).toEqual(['b', 'e', 'f']);
  });
  it('matches in the name, the id, the sku, the category, the description', () => {
    put(
      product('p5', 'E', { description: 'lamp' }),
      product('p4', 'D', { category: 'Lamp' }),
      product('p3', 'C', { sku: 'lamp' }),
      product('lamp', 'B'),
      product('p1', 'A big tall lamp'),
    );
    expect(found('lamp')).toEqual(['p1', 'lamp', 'p3', 'p4', 'p5']);
  });
  it('the whole word before its beginning, even further back, but in the same field', () => {
    put(
      product('a', 'Lamps for all'),
      product('b', 'The old lamp oil'),
      product('c', 'Chair', { description: 'by a lamp' }),
    );
    expect(found('lamp')).toEqual(['b', 'a', 'c']);
  });
  it('an earlier word before a later one', () => {
    put(product('a', 'Old red lamp'), product('b', 'Red lamp'), product('c', 'A very old red lamp'));
    expect(found('lamp')).toEqual(['b', 'a', 'c']);
  });
  it('then by name, then by id', () => {
    put(product('2', 'Red beta'), product('1', 'Red beta'), product('3', 'Red alpha'));
    expect(found('red')).toEqual(['3', '1', '2']);
  });
  it('the best of all, when there is a limit', () => {
    for (let i = 99; i >= 10; i--) put(product(`p${i}`, `Lamp ${i}`));
    put(product('best', 'Lamp'));
    expect(found('lamp', 3)).toEqual(['best', 'p10', 'p11']);
  });
  it('by the best place of each word', () => {
    put(
      product('a', 'Chair', { category: 'Lamp and lace' }),
      product('b', 'Oil lamp', { description: 'for a label or a lamp' }),
    );
    expect([found('lamp'), found('la')]).toEqual([
      ['b', 'a'],
      ['b', 'a'],
    ]);
  });
  it('by all words of the query together', () => {
    put(
      product('a', 'Red chair', { description: 'lamp' }),
      product('b', 'Red lamp'),
      product('c', 'Lamp, red'),
      product('d', 'Lamp', { description: 'red' }),
    );
    expect(found('red lamp')).toEqual(['b', 'c', 'd', 'a']);
  });
});

describe('a product that has changed', () => {
  it('is found by its new words only', () => {
    put(product('a', 'Red lamp'), product('a', 'Blue lamp'));
    expect([found('red'), found('blue'), found('lamp')]).toEqual([[], ['a'], ['a']]);
  });
  it('is not found once it is gone', () => {
    put(product('a', 'Red lamp'), product('b', 'Green lamp'));
    index.remove('a');
    index.remove('never there');
    expect([found('red'), found('lamp'), index.get('a')]).toEqual([[], ['b'], undefined]);
  });
});

it('finds the same as a scan of all products, whatever was added and removed', () => {
  const letters = 'abc';
  const word = (n: number) =>
    [9, 3, 1]
      .map((div) => letters[Math.floor(n / div) % 3])
      .join('')
      .slice(0, 1 + (n % 3));
  const kept = new Map<string, Product>();
  for (let i = 0; i < 2_000; i++) {
    const one = product(`id${i % 150}`, `${word(i * 7)} ${word(i * 13 + 5)}`, { description: word(i * 31) });
    if (i % 4 === 3) {
      index.remove(one.productId);
      kept.delete(one.productId);
    } else {
      index.put(one);
      kept.set(one.productId, one);
    }
    if (i % 50 !== 0) continue;
    for (const query of ['a', 'ab', 'b c', `${word(i)} a`, 'ca ab']) {
      const has = ({ name, description, productId }: Product) =>
        query
          .split(' ')
          .every((start) => `${name} ${description} ${productId}`.split(' ').some((w) => w.startsWith(start)));
      const expected = [...kept.values()].filter(has).map(({ productId }) => productId);
      expect(found(query, 1_000).sort()).toEqual(expected.sort());
    }
  }
});
