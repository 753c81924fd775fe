import { describe, expect, it } from '@jest/globals';
import { printable } from './printable.ts';

describe('text on a label', () => {
  it.each([
    ['Zoë Müller, 5 Straße', 'Zoë Müller, 5 Straße'],
    ['10 € – “quoted” Šibenik Œuvre', '10 € – “quoted” Šibenik Œuvre'],
    ['two\nlines', 'two\nlines'],
  ])('keeps letters of the fonts: %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each([
    ['Zoe\u0308', 'Zoë'],
    ['Łódź', 'Lódz'],
    ['Nguyễn Đăng Ħal ŧ ı', 'Nguyen Dang Hal t i'],
    ['ﬁne', 'fine'],
    ['tab\there\u2028there', 'tab here there'],
  ])('shows a letter that the fonts lack in its plain form: %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each([
    ['Москва', '??????'],
    ['東京', '??'],
    ['a\u0007b', 'a?b'],
    ['😀', '?'],
  ])('shows a letter without a plain form as a question mark: %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});
