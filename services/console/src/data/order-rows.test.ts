import { describe, expect, it } from '@jest/globals';
import type { Order } from '@oms/client';
import { OrderRows, type RowEvent } from './order-rows.ts';

const at = '2026-01-01T00:00:00Z';
const event = (stream: string, version: number, type: string, data: Record<string, unknown>): RowEvent => ({
  ...{ id: `${stream}:${version}`, stream, version, type, at, data, traceId: '', position: '1' },
});
const placed = (id: string) =>
  event(id, 1, 'order.placed', {
    customer: { id: 'ada' },
    items: [{ productId: 'p1', name: 'Lamp', quantity: 2 }],
    total: 19.99,
    currency: 'EUR',
  });
const status = (id: string, version: number, newStatus: string, more = {}) =>
  event(id, version, 'order.status-changed', { newStatus, ...more });
const order = (id: string, version: number, more: Partial<Order> = {}) =>
  ({
    ...{ id, status: 'CONFIRMED', customer: { id: 'ada' }, items: [], total: 1, currency: 'USD', createdAt: at },
    ...{ needsAttention: false, version, ...more },
  }) as unknown as Order;

function rowsAfter(...events: RowEvent[]) {
  const rows = new OrderRows();
  for (const one of events) rows.apply(one);
  return rows;
}

describe('the rows of orders', () => {
  it('follow their events, newest order first', () => {
    const rows = rowsAfter(placed('a'), placed('b'), status('a', 4, 'CONFIRMED'));
    expect(rows.newestFirst().map(({ id, status: is }) => [id, is])).toEqual([
      ['b', 'PENDING'],
      ['a', 'CONFIRMED'],
    ]);
    expect(rows.get('a')).toMatchObject({ customerId: 'ada', items: '2 × Lamp', total: 19.99, currency: 'EUR' });
  });

  it('read old events with amounts in cents', () => {
    const { data, ...rest } = placed('a');
    const { total: _, ...old } = data;
    expect(rowsAfter({ ...rest, data: { ...old, totalCents: 1_999 } }).get('a')).toMatchObject({ total: 19.99 });
  });

  it('show the newer of two states, whichever comes first', () => {
    const rows = rowsAfter(placed('a'), status('a', 9, 'SHIPPED'));
    rows.merge([order('a', 4)]);
    expect(rows.get('a')?.status).toBe('SHIPPED');
    rows.merge([order('a', 10, { status: 'DELIVERED' })]);
    rows.apply(status('a', 9, 'SHIPPED'));
    rows.apply(placed('a'));
    expect(rows.get('a')?.status).toBe('DELIVERED');
  });

  it('say why an order was refused, and whether it needs an operator', () => {
    const rows = rowsAfter(
      placed('a'),
      event('a', 2, 'saga.needs-attention', {}),
      placed('b'),
      status('b', 3, 'REJECTED', { failure: { code: 'OUT_OF_STOCK', reason: 'x' } }),
    );
    expect(rows.get('a')?.needsAttention).toBe(true);
    expect(rows.get('b')?.failure).toBe('OUT_OF_STOCK');
    rows.apply(event('a', 5, 'saga.undone', {}));
    expect(rows.get('a')?.needsAttention).toBe(false);
  });

  it('leave out an order that is known only in part', () => {
    expect(rowsAfter(status('a', 4, 'CONFIRMED')).size).toBe(0);
  });

  it('have a limit: the oldest are dropped', () => {
    const rows = new OrderRows();
    for (let i = 0; i < 20_010; i++) rows.apply(placed(String(i).padStart(6, '0')));
    expect(rows.newestFirst()).toHaveLength(20_000);
    expect(rows.get('000000')).toBeUndefined();
    expect(rows.get('020009')).toBeDefined();
  });
});
