import { expect, it } from '@jest/globals';
import { money } from './format.ts';

it.each([
  [29.9, 'USD', '$29.90'],
  [1_980, 'JPY', '¥1,980'],
  [1.2, 'KWD', 'KWD 1.200'],
  // Intl would round these.
  [29.99, 'HUF', 'HUF 29.99'],
  [5, 'IDR', 'IDR 5.00'],
  // Amounts of old orders.
  [10.5, 'JPY', '¥10.5'],
  [7, 'QQQ', 'QQQ 7.00'],
])('%d %s is shown as %s', (amount, currency, text) => {
  expect(money(amount, currency).replaceAll('\u00a0', ' ')).toBe(text);
});
