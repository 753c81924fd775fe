import { describe, expect, it } from '@jest/globals';
import { parseEnv } from '../config.ts';
import { breakerSettings, breakerVariables } from './breaker-config.ts';

const usual = { timeoutMs: 5_000, resetMs: 30_000 };
const settingsIn = (env: Record<string, string>) =>
  breakerSettings('payment', parseEnv(breakerVariables('payment', usual), env));

describe('the breaker before a target', () => {
  it('has the usual numbers where nothing is said', () => {
    expect(settingsIn({})).toEqual({
      ...{ name: 'payment', timeoutMs: 5_000, resetMs: 30_000 },
      ...{ errorPercent: 50, volume: 5, windowMs: 10_000, capacity: 512 },
    });
  });

  it('has the numbers that the environment says for this target, and not those for another', () => {
    const env = {
      BREAKER_PAYMENT_TIMEOUT_MS: '1000',
      BREAKER_PAYMENT_RESET_MS: '2000',
      BREAKER_PAYMENT_ERROR_PERCENT: '25',
      BREAKER_PAYMENT_VOLUME: '8',
      BREAKER_PAYMENT_WINDOW_MS: '30000',
      BREAKER_PAYMENT_CAPACITY: '16',
      BREAKER_SHIPPING_CAPACITY: '7',
    };
    expect(settingsIn(env)).toEqual({
      ...{ name: 'payment', timeoutMs: 1_000, resetMs: 2_000 },
      ...{ errorPercent: 25, volume: 8, windowMs: 30_000, capacity: 16 },
    });
  });

  it.each([
    ['TIMEOUT_MS', '0'],
    ['RESET_MS', '-1'],
    ['ERROR_PERCENT', '101'],
    ['ERROR_PERCENT', '0'],
    ['VOLUME', '0'],
    ['WINDOW_MS', '10'],
    ['CAPACITY', 'many'],
  ])('cannot have a %s of %s', (number, text) => {
    expect(() => settingsIn({ [`BREAKER_PAYMENT_${number}`]: text })).toThrow(`BREAKER_PAYMENT_${number}`);
  });
});
