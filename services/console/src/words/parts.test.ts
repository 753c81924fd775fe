import { describe, expect, it } from '@jest/globals';
import type { Order } from '@oms/client';
import { chargeText, isWhole, progressText } from './parts.ts';

const line = (quantity: number, more: Partial<Order['items'][number]> = {}) => ({
  ...{ lineId: '1', productId: 'P1', quantity },
  ...more,
});
const whole = (...items: Order['items']) => isWhole({ items } as Order);

describe('an order', () => {
  it('went as a whole if its status says all of its lines', () => {
    expect(whole(line(2), line(1))).toBe(true);
    expect(whole(line(2, { fulfilled: 2 }), line(1, { fulfilled: 1 }))).toBe(true);
    expect(whole(line(2, { fulfilled: 2, returned: 2 }))).toBe(true);
    expect(whole(line(2, { fulfilled: 2 }), line(1))).toBe(false);
    expect(whole(line(2, { fulfilled: 1 }))).toBe(false);
    expect(whole(line(2, { fulfilled: 2, returned: 1 }))).toBe(false);
    expect(whole(line(2, { cancelled: 2 }), line(1))).toBe(false);
  });

  it.each([
    [line(6, { fulfilled: 2, returned: 1, cancelled: 1 }), '2 shipped, 1 of them returned, 1 cancelled, 3 open'],
    [line(2, { fulfilled: 2 }), '2 shipped'],
    [line(2), '2 open'],
  ])('says what has become of a line', (given, text) => {
    expect(progressText(given)).toBe(text);
  });

  it('names its charges, and what they are for', () => {
    expect(chargeText({ kind: 'SHIPPING', amount: 5 }, [line(1)])).toBe('Shipping');
    expect(chargeText({ kind: 'DISCOUNT', label: 'spring', amount: 1 }, [])).toBe('Discount (spring)');
    expect(chargeText({ kind: 'TAX', amount: 1, lineId: '1' }, [line(1, { name: 'Mug' })])).toBe('Tax on Mug');
  });
});
