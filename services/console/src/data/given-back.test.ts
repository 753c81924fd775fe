import { describe, expect, it } from '@jest/globals';
import type { OrderRefund, OrderReturn } from '@oms/client';
import { joined } from './given-back.ts';

const given = (number: number, minute: number, amount: number) => ({
  ...{ number, at: `2026-01-01T00:0${minute}:00.000Z`, items: [], amount, currency: 'USD' },
});

describe('what was given back of an order', () => {
  it('is a list of money and goods, oldest first, with each return once', () => {
    const refunds: OrderRefund[] = [
      { ...given(1, 2, 5), kind: 'return' },
      { ...given(1, 4, 1), kind: 'refund', reason: 'late' },
    ];
    const returns: OrderReturn[] = [
      { ...given(1, 2, 5), restocked: false },
      { ...given(2, 3, 0), restocked: true },
    ];
    expect(joined(refunds, returns)).toEqual([
      { ...given(1, 2, 5), kind: 'return', restocked: false },
      { ...given(2, 3, 0), kind: 'return', restocked: true },
      { ...given(1, 4, 1), kind: 'refund', reason: 'late' },
    ]);
  });
});
