import { expect, it } from '@jest/globals';
import { type Delivery, PAGE_NUMBERS, pageAfter, pagesWith } from './delivery-log.ts';

const made = (from: number, count: number): Delivery[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ id: String(from + i), eventId: `E${from + i}`, type: 'order.placed', orderId: 'O1', at: 0, durationMs: 1 },
    attempts: 1,
  }));
const idsOf = (pages: ReturnType<typeof pagesWith>) =>
  pages.map(({ page, deliveries }) => [page, deliveries.length, deliveries[0]?.id, deliveries.at(-1)?.id]);

it('a page is continued, and the next one begins when it is full', () => {
  expect(idsOf(pagesWith('W1', 98, made(0, 98), made(98, 5)))).toEqual([
    [0, 100, '0', '99'],
    [1, 3, '100', '102'],
  ]);
  expect(idsOf(pagesWith('W1', 103, made(100, 3), made(103, 1)))).toEqual([[1, 4, '100', '103']]);
});

it('the oldest page begins anew after the last one', () => {
  expect(PAGE_NUMBERS).toHaveLength(10);
  expect(pageAfter(999)).toBe(9);
  expect(idsOf(pagesWith('W1', 1_000, made(0, 100), made(1_000, 2)))).toEqual([[0, 2, '1000', '1001']]);
});

it('nothing new changes no page', () => expect(pagesWith('W1', 5, made(0, 5), [])).toEqual([]));
