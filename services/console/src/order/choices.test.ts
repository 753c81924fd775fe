import { describe, expect, it } from '@jest/globals';
import type { Order } from '@oms/client';
import { chosen, openLines, returnableLines } from './choices.ts';

const line = (lineId: string, quantity: number, more: Partial<Order['items'][number]> = {}) => ({
  ...{ lineId, productId: `P${lineId}`, name: `Lamp ${lineId}`, quantity },
  ...more,
});
const parcel = (status: string, lineId: string, quantity: number) =>
  ({ status, items: [{ lineId, productId: `P${lineId}`, quantity }] }) as Order['shipments'][number];
const order = (items: Order['items'], more: Partial<Order> = {}) =>
  ({ id: 'o1', status: 'PARTIALLY_SHIPPED', items, shipments: [], ...more }) as unknown as Order;

describe('the pieces that can be chosen', () => {
  it('of open lines are those that are neither shipped nor cancelled', () => {
    const touched = [line('1', 3, { fulfilled: 1, cancelled: 1 }), line('2', 2, { fulfilled: 2 }), line('3', 4)];
    expect(openLines(order(touched))).toEqual([
      { lineId: '1', name: 'Lamp 1', most: 1 },
      { lineId: '3', name: 'Lamp 3', most: 4 },
    ]);
  });

  it('to return are those that have arrived, or never will, and are not back yet', () => {
    const lines = [line('1', 3, { fulfilled: 3, returned: 1 }), line('2', 2, { fulfilled: 1 })];
    const shipments = [parcel('DELIVERED', '1', 2), parcel('IN_TRANSIT', '1', 1), parcel('RETURNED', '2', 1)];
    expect(returnableLines(order(lines, { shipments })).map(({ lineId, most }) => [lineId, most])).toEqual([
      ['1', 1],
      ['2', 1],
    ]);
  });

  it('of a delivered order are all that were shipped, even if it does not know its parcels', () => {
    const lines = [line('1', 3), line('2', 2, { fulfilled: 1, cancelled: 1 })];
    expect(returnableLines(order(lines, { status: 'DELIVERED' })).map(({ most }) => most)).toEqual([3, 1]);
  });

  it('have the number of their line where a product is in several', () => {
    const lines = [line('1', 1), line('2', 1, { productId: 'P1' })];
    expect(openLines(order(lines)).map(({ name }) => name)).toEqual(['Lamp 1, line 1', 'Lamp 2, line 2']);
  });
});

describe('the chosen pieces', () => {
  const choices = [
    { lineId: '1', name: 'a', most: 3 },
    { lineId: '2', name: 'b', most: 1 },
  ];

  it('are listed', () => {
    expect(chosen(choices, { 'line-1': '2', 'line-2': '1' })).toEqual([
      { lineId: '1', quantity: 2 },
      { lineId: '2', quantity: 1 },
    ]);
    expect(chosen(choices, { 'line-1': '3', 'line-2': '0' })).toEqual([{ lineId: '1', quantity: 3 }]);
  });

  it('need no list if they are all that is left', () => {
    expect(chosen(choices, { 'line-1': '3', 'line-2': '1' })).toBeUndefined();
    expect(chosen(choices, {})).toBeUndefined();
  });
});
