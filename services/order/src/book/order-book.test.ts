import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Change, Docs, RequestKey } from '@oms/shared/store/store';
import { HOLD_MS, LEASE_MS, OrderWorld, placing, SECOND, TRACE } from '../../test/order-world.ts';
import { lost } from '../../test/scripted-participants.ts';
import type { OrderDoc } from './order-book.ts';

let world: OrderWorld;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  id = world.newOrderId();
});
afterEach(() => world.end());

const due = () => world.store.due(Date.now(), 10);
const ids = async (where: Record<string, string>) =>
  (await world.store.list({ where, limit: 10 })).items.map((doc) => doc.id);

describe('an order in the book', () => {
  it('that does not exist is not found', async () => {
    expect(await world.book.read(id)).toBeUndefined();
    await expect(world.book.existing(id)).rejects.toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
  });

  it('is found by its status, its customer and its unfinished saga', async () => {
    world.participants.script = { 'release-stock': lost };
    const { ask } = world.process({ frozen: true });
    await ask('place-order', id);
    expect(await ids({ status: 'CONFIRMED', customerId: 'C1' })).toEqual([id]);
    expect(await ids({ unfinished: 'yes' })).toEqual([]);
    await ask('cancel-order', id);
    expect(await ids({ unfinished: 'yes', saga: 'running' })).toEqual([id]);
    expect(await ids({ status: 'CANCELLING' })).toEqual([id]);
    const reason = 'nobody answers';
    await world.book.decide({ traceId: TRACE }, id, () => ({
      events: [{ type: 'saga.needs-attention', data: { saga: 'cancel-order', reason } }],
    }));
    expect(await ids({ saga: 'running' })).toEqual([]);
    expect(await ids({ saga: 'stuck' })).toEqual([id]);
  });

  it('is due when its lease, its pause or its hold expires, and otherwise never', async () => {
    world.participants.script = { 'reserve-stock': lost };
    const { ask } = world.process({ frozen: true });
    await ask('place-order', id);
    expect(await due()).toEqual([]);
    await world.pass(SECOND);
    expect(await due()).toEqual([id]);
    await world.book.decide({ traceId: TRACE }, id, (_doc, now) => ({ lease: { token: 'T', until: now + LEASE_MS } }));
    expect(await due()).toEqual([]);
    await world.pass(LEASE_MS);
    expect(await due()).toEqual([id]);
    await world.book.decide({ traceId: TRACE }, id, () => ({
      events: [{ type: 'saga.intervened', data: { saga: 'place-order', action: 'retry' } }],
      lease: null,
    }));
    expect(await due()).toEqual([id]);

    world.participants.script = {};
    const held = world.newOrderId();
    await ask('place-order', held, { command: placing(held, { autoConfirm: false }) });
    await ask('place-order', world.newOrderId());
    await world.pass(HOLD_MS - 1);
    expect(await due()).toEqual([id]);
    await world.pass(1);
    expect(await due()).toEqual([id, held]);
  });
});

describe('a change that the store has to decide anew', () => {
  it('counts what was written in the end', async () => {
    id = await world.bring('CONFIRMED');
    const { store } = world;
    const write = store.write.bind(store);
    store.write = <R>(
      names: readonly string[],
      request: RequestKey | undefined,
      change: (docs: Docs<OrderDoc>) => Change<OrderDoc, R>,
    ) =>
      write<R>(names, request, (docs) => {
        change(docs);
        return change({ get: () => undefined });
      });
    const changed = await world.book.decide({ traceId: TRACE }, id, (doc) => (doc ? { asked: null } : {}));
    expect(changed.doc).toBeUndefined();
  });
});
