import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

const catalogOf = (env: Record<string, string | undefined>) => readConfig(env).PRODUCT_SERVICE_URL;

describe('where the catalog is', () => {
  it.each([{}, { PRODUCT_SERVICE_URL: '' }])('at its usual place when nothing is said: %j', (env) => {
    expect(catalogOf(env)).toEqual(['http://127.0.0.1:3004']);
  });

  it('at the addresses that are named', () => {
    expect(catalogOf({ PRODUCT_SERVICE_URL: 'http://a:1, http://b:2/' })).toEqual(['http://a:1', 'http://b:2']);
  });

  it('nowhere when that is said', () => {
    expect(catalogOf({ PRODUCT_SERVICE_URL: 'none' })).toBe('none');
  });

  it.each(['None', 'no', 'false', ',', 'none,http://a:1', 'http://a:1,none'])('not to be had from "%s"', (text) => {
    expect(() => catalogOf({ PRODUCT_SERVICE_URL: text })).toThrow('PRODUCT_SERVICE_URL');
  });
});
