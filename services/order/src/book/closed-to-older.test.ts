import { describe, expect, it } from '@jest/globals';
import { MemoryStore } from '@oms/shared/store/memory';
import type { OrderEvent } from '../domain/events.ts';
import { apply, type Order } from '../domain/order.ts';
import { closedToOlder } from './closed-to-older.ts';
import { type OrderDoc, putOf } from './order-book.ts';

const at = 1_000;
const events = [
  {
    type: 'order.placed',
    data: {
      ...{ orderId: 'o1', customer: { id: 'c1' }, items: [{ productId: 'p1', quantity: 3, priceCents: 100 }] },
      ...{ totalCents: 300, currency: 'USD', paymentMethod: 'tok_visa', autoConfirm: true, holdMs: 1, deadline: 2 },
    },
  },
  { type: 'order.status-changed', data: { orderId: 'o1', oldStatus: 'PENDING', newStatus: 'CONFIRMED' } },
] as const;
const part = { kind: 'parcel', number: 1, items: [{ lineId: '1', productId: 'p1', quantity: 1 }], cents: 100 } as const;
const begun = { type: 'saga.started', data: { saga: 'fulfil-order', part } } as const;

const after = (...all: readonly object[]) =>
  all.reduce<Order | undefined>(
    (order, event) => apply(order, { ...event, at, traceId: 't' } as OrderEvent),
    undefined,
  ) as Order;
const plain = (order: Order | undefined) => JSON.parse(JSON.stringify(order));

async function stored(order: Order, lease?: OrderDoc['lease']) {
  const below = new MemoryStore<OrderDoc>({ now: () => at });
  const store = closedToOlder(below);
  await store.write([order.id], undefined, () => ({ put: [putOf({ order, lease }, at)] }));
  return { below, store, kept: (await below.read(order.id))?.data.order as Order };
}

describe('an order in parts, in the store', () => {
  it('looks to older versions as if it was being undone, behind the pivot: they refuse every command', async () => {
    const { kept } = await stored(after(...events, begun));
    expect(kept.saga).toMatchObject({ phase: 'undoing', pivotPassed: true });
    expect(kept.status).toBe('CONFIRMED');
  });

  it('has no step that an older version knows, and no part', async () => {
    const { kept } = await stored(after(...events, begun));
    expect(kept.saga?.toUndo).toEqual([expect.stringContaining('in parts')]);
    expect(kept.saga?.part).toBeUndefined();
  });

  it('stays closed while no saga is under way', async () => {
    const order = { ...after(...events, begun), saga: undefined };
    const { kept, store } = await stored(order);
    expect(kept.saga?.phase).toBe('undoing');
    expect(plain((await store.read('o1'))?.data.order)).toEqual(plain(order));
  });

  it('is read, listed and decided about as it is', async () => {
    const order = after(...events, begun);
    const { store } = await stored(order);
    expect(plain((await store.read('o1'))?.data.order)).toEqual(plain(order));
    expect(plain((await store.list({ limit: 1 })).items[0]?.data.order)).toEqual(plain(order));
    const seen = await store.write(['o1'], undefined, (docs) => ({ result: docs.get('o1')?.data.order }));
    expect(plain(seen.result)).toEqual(plain(order));
  });

  it('that an older version took up in vain is as its events say', async () => {
    const { below, store } = await stored(after(...events, begun));
    const resumed = { type: 'saga.resumed', data: { saga: 'fulfil-order' } };
    await below.write(['o1'], undefined, (docs) => {
      const known = docs.get('o1')?.data.order;
      return { put: [{ id: 'o1', data: { order: apply(known, { ...resumed, at, traceId: 't' } as OrderEvent) } }] };
    });
    expect(plain((await store.read('o1'))?.data.order)).toEqual(plain(after(...events, begun, resumed)));
  });
});

it('an order as a whole is stored as it is', async () => {
  const order = after(...events);
  expect(plain((await stored(order)).kept)).toEqual(plain(order));
});
