import { describe, expect, it } from '@jest/globals';
import { countryCode } from './countries.ts';

describe('a country has its two letters', () => {
  it.each([
    ['by its three letters', 'USA', 'US'],
    ['in any case', 'deu', 'DE'],
    ['by its name', 'United States', 'US'],
    ['by another name', 'United States of America', 'US'],
    ['by its short name', 'UK', 'GB'],
    ['with accents or without', "cote d'ivoire", 'CI'],
    ['whatever stands for and', 'Bosnia and Herzegovina', 'BA'],
  ])('%s: %s', (_how, text, code) => expect(countryCode(text)).toBe(code));

  it.each(['Atlantis', 'XYZ', '', ' ', 'toString', '🇺🇸'])('but not by %j', (text) =>
    expect(countryCode(text)).toBeUndefined(),
  );
});
