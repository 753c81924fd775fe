import { describe, expect, it } from '@jest/globals';
import type { Order } from '@oms/shared/contracts/order';
import { chaptersOf } from '../data/timeline.ts';
import { actionsFor } from './actions.ts';

const order = (status: Order['status'], more: Partial<Order> = {}) => ({ id: 'o1', status, ...more }) as Order;
const names = (...given: Parameters<typeof actionsFor>) => actionsFor(...given).map(({ name }) => name);
const running = (...types: string[]) =>
  chaptersOf(
    types.map((type, i) => ({
      ...{ id: `${i}`, version: i, type, at: '2026-01-01T00:00:00Z', traceId: '' },
      data: { saga: 'fulfil-order' },
    })),
  );

describe('the actions for an order', () => {
  it.each([
    ['AWAITING_CONFIRMATION', ['confirm', 'cancel'], ['confirm', 'cancel']],
    ['CONFIRMED', ['process', 'fulfill', 'cancel'], ['cancel']],
    ['PROCESSING', ['fulfill', 'cancel'], ['cancel']],
    ['DELIVERED', ['return'], ['return']],
    ['REJECTED', [], []],
    ['CANCELLED', [], []],
    ['RETURNED', [], []],
  ] as const)('in status %s are right for operators and for its customer', (status, operators, customers) => {
    expect(names(order(status), [], undefined, true)).toEqual(operators);
    expect(names(order(status), [], undefined, false)).toEqual(customers);
  });

  it('that has shipped are the next scans of its carrier', () => {
    const next = (status: string) =>
      actionsFor(order('SHIPPED'), [], { id: 's1', status }, true).map(({ request }) => request({}));
    expect(next('OUT_FOR_DELIVERY')).toEqual([
      { method: 'PUT', path: '/shipments/s1/status', body: { status: 'DELIVERED' } },
    ]);
    expect(next('DELIVERED')).toEqual([]);
    expect(names(order('SHIPPED'), [], { id: 's1', status: 'IN_TRANSIT' }, false)).toEqual([]);
  });

  it('whose parcel came back include its return', () => {
    const back = order('SHIPPED', { shipment: { status: 'RETURNED' } as NonNullable<Order['shipment']> });
    expect(names(back, [], { id: 's1', status: 'RETURNED' }, true)).toEqual(['return']);
  });

  it('with a running saga are to cancel it, and for operators to intervene', () => {
    const placing = running('order.placed');
    expect(names(order('PENDING'), placing, undefined, true)).toEqual(['cancel', 'retry', 'compensate', 'resolve']);
    expect(names(order('PENDING'), placing, undefined, false)).toEqual(['cancel']);
  });

  it('after the pivot are to go on, but not to undo', () => {
    const passed = running('saga.started', 'saga.pivot-passed');
    expect(names(order('CONFIRMED'), passed, undefined, true)).toEqual(['retry', 'resolve']);
  });

  it('ask for an address only if there is none', () => {
    const fields = (more: Partial<Order>) =>
      actionsFor(order('CONFIRMED', more), [], undefined, true).find(({ name }) => name === 'fulfill')?.fields.length;
    expect(fields({ shippingAddress: { street: 's', city: 'c', zip: 'z', country: 'US' } })).toBe(1);
    expect(fields({})).toBe(5);
  });
});
