import { describe, expect, it } from '@jest/globals';
import { parseEnv } from '../service/config.ts';
import { breakerSettings, breakerVariables } from './breaker-config.ts';

const usual = { timeoutMs: 5_000, resetMs: 30_000 };
const settingsIn = (env: Record<string, string>) =>
  breakerSettings('payment', parseEnv(breakerVariables('payment', usual), env));

describe('the breaker before a target', () => {
  it('has the default numbers where the environment says nothing', () => {
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
    ['TIMEOUT_MS', 1, 600_000],
    ['RESET_MS', 1, 600_000],
    ['ERROR_PERCENT', 1, 100],
    ['VOLUME', 1, 100_000],
    ['WINDOW_MS', 1_000, 600_000],
    ['CAPACITY', 1, 100_000],
  ])('may have a %s from %i to %i', (number, least, most) => {
    const name = `BREAKER_PAYMENT_${number}`;
    for (const wrong of [least - 1, most + 1]) expect(() => settingsIn({ [name]: `${wrong}` })).toThrow(`${name}: `);
    const [first, last] = [least, most].map((right) => Object.values(settingsIn({ [name]: `${right}` })));
    expect([first, last]).toEqual([expect.arrayContaining([least]), expect.arrayContaining([most])]);
  });

  it('has at least the timeout that its target needs', () => {
    const variables = breakerVariables('payment', usual, 4_000);
    expect(() => parseEnv(variables, { BREAKER_PAYMENT_TIMEOUT_MS: '3999' })).toThrow('BREAKER_PAYMENT_TIMEOUT_MS: ');
    expect(parseEnv(variables, { BREAKER_PAYMENT_TIMEOUT_MS: '4000' }).BREAKER_PAYMENT_TIMEOUT_MS).toBe(4_000);
  });
});
