import { describe, expect, it } from '@jest/globals';
import type { Order } from '@oms/client';
import { chaptersOf } from '../data/timeline.ts';
import { actionsFor } from './actions.ts';

const LINES = [
  { lineId: '1', productId: 'P1', name: 'Lamp', quantity: 3 },
  { lineId: '2', productId: 'P2', name: 'Mug', quantity: 1 },
];
const whole = LINES.map(({ lineId, productId, quantity }) => ({ lineId, productId, quantity }));
const order = (status: Order['status'], more: Record<string, unknown> = {}) =>
  ({
    ...{ id: 'o1', status, items: LINES, shipments: [], captured: 0, refunded: 0, currency: 'USD' },
    ...more,
  }) as unknown as Order;
const sent = (status: string, items = whole, parcel?: number) => ({ id: `s${parcel ?? ''}`, status, items, parcel });
const names = (...given: Parameters<typeof actionsFor>) => actionsFor(...given).map(({ name }) => name);
const action = (of: Order, name: string, isOperator = true) =>
  actionsFor(of, [], [], isOperator).find((one) => one.name === name);
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
    expect(names(order(status), [], [], true)).toEqual(operators);
    expect(names(order(status), [], [], false)).toEqual(customers);
  });

  it('that has shipped are the next scans of its carrier', () => {
    const next = (status: Order['shipments'][number]['status']) =>
      actionsFor(order('SHIPPED'), [], [{ id: 's1', status }], true).map(({ request }) => request({}));
    expect(next('OUT_FOR_DELIVERY')).toEqual([
      { method: 'PUT', path: '/shipments/s1/status', body: { status: 'DELIVERED' } },
    ]);
    expect(next('DELIVERED')).toEqual([]);
    expect(names(order('SHIPPED'), [], [{ id: 's1', status: 'IN_TRANSIT' }], false)).toEqual([]);
  });

  it('with several parcels are the next scan of each', () => {
    const parcels = [
      { id: 'a', status: 'DELIVERED', parcel: 1 },
      { id: 'b', status: 'IN_TRANSIT', parcel: 2 },
      { id: 'c', status: 'LABEL_GENERATED', parcel: 3 },
    ] as const;
    const scans = actionsFor(order('SHIPPED'), [], parcels, true).map(({ label }) => label);
    expect(scans).toEqual(['Parcel 2: out for delivery', 'Parcel 3: hand to the carrier']);
  });

  it('whose parcel came back include its return', () => {
    const back = order('SHIPPED', { shipments: [sent('RETURNED')] });
    expect(names(back, [], [{ id: 's', status: 'RETURNED' }], true)).toEqual(['return']);
  });

  it('that was shipped in part are to ship, return and cancel what is left, and for operators to refund', () => {
    const items = [{ ...LINES[0], fulfilled: 1 }, LINES[1]];
    const shipments = [sent('DELIVERED', [{ lineId: '1', productId: 'P1', quantity: 1 }], 1)];
    const inPart = order('PARTIALLY_SHIPPED', { items, shipments, captured: 10 });
    expect(names(inPart, [], [], true)).toEqual(['fulfill', 'return', 'refund', 'cancel']);
    expect(names(inPart, [], [], false)).toEqual(['return', 'cancel']);
    expect(action(inPart, 'cancel')?.label).toBe('Cancel open items');
    expect(action(inPart, 'fulfill')?.lines?.map(({ most }) => most)).toEqual([2, 1]);
    expect(action(inPart, 'return')?.lines).toBeUndefined();
    expect(names(order('PARTIALLY_RETURNED', { items: [], refunded: 10, captured: 10 }), [], [], true)).toEqual([]);
  });

  it('name pieces only if not all that is left is meant', () => {
    const request = action(order('CONFIRMED', { shippingAddress: {} }), 'fulfill')?.request;
    expect(request?.({ carrier: 'EXPRESS', 'line-1': '3', 'line-2': '1' }).body).toEqual({ carrier: 'EXPRESS' });
    expect(request?.({ carrier: 'EXPRESS', 'line-1': '2', 'line-2': '0' }).body).toEqual({
      ...{ carrier: 'EXPRESS', items: [{ lineId: '1', quantity: 2 }] },
    });
  });

  it('to return say what differs from the share and the stock', () => {
    const back = (isOperator: boolean, values: Record<string, string>) =>
      action(order('DELIVERED'), 'return', isOperator)?.request(values).body;
    expect(back(true, { reason: '', amount: '', restock: 'on' })).toEqual({});
    expect(back(true, { reason: 'broken', amount: '4.5' })).toEqual({ reason: 'broken', refund: 4.5, restock: false });
    expect(back(false, { reason: 'broken' })).toEqual({ reason: 'broken' });
  });

  it('to refund say at most how much', () => {
    const paid = order('SHIPPED', { captured: 48.52, refunded: 8.52 });
    expect(action(paid, 'refund')?.fields[0]).toMatchObject({ label: 'Amount, at most $40.00', step: 0.01 });
    expect(action(paid, 'refund')?.request({ amount: '40', reason: 'late' }).body).toEqual({
      ...{ amount: 40, reason: 'late' },
    });
    expect(action(order('SHIPPED', { captured: 0.3, refunded: 0.3 }), 'refund')).toBeUndefined();
  });

  it('with a running saga are to cancel it, and for operators to intervene', () => {
    const placing = running('order.placed');
    expect(names(order('PENDING'), placing, [], true)).toEqual(['cancel', 'retry', 'compensate', 'resolve']);
    expect(names(order('PENDING'), placing, [], false)).toEqual(['cancel']);
  });

  it('after the pivot are to go on, but not to undo', () => {
    const passed = running('saga.started', 'saga.pivot-passed');
    expect(names(order('CONFIRMED'), passed, [], true)).toEqual(['retry', 'resolve']);
  });

  it('ask for an address only if there is none', () => {
    const fields = (more: Partial<Order>) =>
      actionsFor(order('CONFIRMED', more), [], [], true).find(({ name }) => name === 'fulfill')?.fields.length;
    expect(fields({ shippingAddress: { street: 's', city: 'c', zip: 'z', country: 'US' } })).toBe(1);
    expect(fields({})).toBe(5);
  });
});
