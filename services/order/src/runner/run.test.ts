import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ADDRESS, bodyOf, OrderWorld, TRACE } from '../../test/order-world.ts';
import {
  type Behaviour,
  done,
  Gate,
  inTurn,
  lost,
  refusal,
  refused,
  retried,
} from '../../test/scripted-participants.ts';

let world: OrderWorld;
let ask: ReturnType<OrderWorld['process']>['ask'];
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  ask = world.process().ask;
  id = world.newOrderId();
});
afterEach(() => world.end());

const eventsOf = async (type: string) => (await world.events(id)).filter((event) => event.type === type);

describe('placing, when all goes well', () => {
  it('writes twice: before the first call, and after the last answer', async () => {
    const writesAt: Record<string, number> = {};
    const counting: Behaviour = (call) => {
      writesAt[call.name] = world.store.writes.length;
      return done(call);
    };
    world.participants.script = { 'reserve-stock': counting, 'authorize-payment': counting };
    await ask('place-order', id, { key: 'K' });
    expect(writesAt).toEqual({ 'reserve-stock': 1, 'authorize-payment': 1 });
    expect(world.store.writes).toEqual([
      { types: ['order.placed'] },
      { types: ['saga.step-done', 'saga.step-done', 'order.status-changed', 'saga.done'], settles: 'K' },
    ]);
  });

  it('writes three times when it is refused on the way', async () => {
    world.participants.script = { 'authorize-payment': refused };
    await ask('place-order', id);
    expect(world.store.writes.map(({ types }) => types)).toEqual([
      ['order.placed'],
      ['saga.step-done', 'saga.step-refused', 'saga.undoing', 'order.status-changed'],
      ['saga.step-undone', 'saga.undone'],
    ]);
  });

  it('ends in `saga.undone` also when nothing had to be undone', async () => {
    world.participants.script = { 'reserve-stock': refused };
    await ask('place-order', id);
    expect((await world.types(id)).slice(-2)).toEqual(['order.status-changed', 'saga.undone']);
    await world.expectCleanEnd(id);
  });

  it("keeps the participants' answers, and how long they took", async () => {
    const slow = new Gate();
    world.participants.script = { 'authorize-payment': retried(slow.back) };
    const answering = ask('place-order', id);
    await world.pass(40);
    slow.open();
    await answering;
    const [, authorized] = await eventsOf('saga.step-done');
    expect(authorized?.data).toEqual({
      ...{ saga: 'place-order', step: 'authorize-payment', attempts: 2, ms: 40 },
      result: { payment: { id: 'P1', status: 'authorize' } },
    });
    expect(await world.order(id)).toMatchObject({ reservation: { status: 'reserve' }, payment: { id: 'P1' } });
  });

  it.each(['K', undefined])('answers with the order as it is written, whatever changed meanwhile (%s)', async (key) => {
    const gate = new Gate();
    world.participants.script = { 'reserve-stock': gate.back };
    const answering = ask('place-order', id, { key });
    await world.pass(0);
    const shippingAddress = { ...ADDRESS, street: '1 New St' };
    const events = [{ type: 'order.address-changed', data: { shippingAddress } }] as const;
    await world.book.decide({ traceId: TRACE }, id, () => ({ events }));
    gate.open();
    const { version, shippingAddress: answered } = bodyOf(await answering);
    expect({ version, answered }).toEqual({ version: 6, answered: shippingAddress });
    await world.expectCleanEnd(id);
  });
});

describe('a cancellation', () => {
  it('has the reason of the request in its last event', async () => {
    id = await world.bring('CONFIRMED');
    await ask('cancel-order', id);
    const [, cancelled] = (await eventsOf('order.status-changed')).slice(-2);
    expect(cancelled?.data).toMatchObject({ newStatus: 'CANCELLED', reason: 'changed my mind' });
  });
});

describe('a refusal', () => {
  it.each([
    [{ items: [{ productId: 'PROD1', available: 1 }], other: 1 }, { items: [{ productId: 'PROD1', available: 1 }] }],
    [{ products: ['PROD1'], other: 1 }, { products: ['PROD1'] }],
    [{ other: 1 }, undefined],
  ])('keeps of %j what a customer can use', async (problem, details) => {
    world.participants.script = { 'reserve-stock': () => refusal('OUT_OF_STOCK', problem) };
    const answer = await ask('place-order', id);
    expect(answer.status).toBe(409);
    expect(bodyOf(answer)).toMatchObject({ code: 'OUT_OF_STOCK', orderId: id, ...details });
    expect((await world.order(id)).failure?.details).toEqual(details);
  });

  it('of a saga that cannot be undone needs an operator at once, and is tried again', async () => {
    id = await world.bring('DELIVERED');
    world.participants.script = { restock: inTurn(refused, refused) };
    expect((await ask('return-order', id)).status).toBe(202);
    expect(await world.order(id)).toMatchObject({
      needsAttention: true,
      saga: { rounds: 1, nextAt: expect.anything() },
    });
    await world.settled(id);
    expect((await eventsOf('saga.needs-attention')).map(({ data }) => data)).toEqual([
      { saga: 'return-order', reason: 'NOT_TODAY: refused with NOT_TODAY' },
    ]);
    const asked = world.participants.calls.map(({ key }) => key.slice(id.length));
    expect(asked).toEqual([':refund-payment', ':restock', ':restock:2', ':restock:3']);
    await world.expectCleanEnd(id);
  });

  it('of an undo needs an operator at once, while the other steps are undone', async () => {
    world.participants.script = { 'authorize-payment': retried(refused), 'undo-authorize-payment': inTurn(refused) };
    await ask('place-order', id);
    expect(await world.order(id)).toMatchObject({ needsAttention: true, saga: { toUndo: ['authorize-payment'] } });
    expect(world.participants.heldBy(id)).toEqual({});
    await world.settled(id);
    expect(world.participants.names.filter((name) => name === 'undo-reserve-stock')).toHaveLength(1);
    await world.expectCleanEnd(id);
  });
});

describe('a step that fails with an unexpected error', () => {
  it('may have happened, and is undone when it is given up', async () => {
    const unforeseen: Behaviour = (call) => {
      call.carryOut();
      throw new Error('a bug');
    };
    world.participants.script = { 'authorize-payment': unforeseen };
    expect((await ask('place-order', id)).status).toBe(503);
    expect((await eventsOf('saga.step-unknown')).map(({ data }) => data)).toMatchObject([
      { step: 'authorize-payment', reason: 'an unexpected error', mayHaveHappened: true },
    ]);
    await world.expectCleanEnd(id);
  });
});

describe('a rollback in which two undos fail', () => {
  const undoFailing = async (authorize: Behaviour, reserve: Behaviour) => {
    const failing = { 'undo-authorize-payment': inTurn(authorize), 'undo-reserve-stock': inTurn(reserve) };
    world.participants.script = { 'authorize-payment': retried(refused), ...failing };
    await ask('place-order', id);
    const [wait] = await eventsOf('saga.waiting');
    return { ...wait?.data, needsAttention: (await world.order(id)).needsAttention };
  };

  it('pauses like any other saga', async () => {
    expect(await undoFailing(lost, lost)).toMatchObject({ step: 'authorize-payment', needsAttention: false });
    const failed = { saga: 'place-order', attempts: 1, ms: 0, reason: 'no answer' };
    expect((await eventsOf('saga.undo-failed')).map(({ data }) => data)).toEqual([
      { ...failed, step: 'authorize-payment' },
      { ...failed, step: 'reserve-stock' },
    ]);
    await world.settled(id);
    await world.expectCleanEnd(id);
  });

  it('needs an operator, whichever of the two was refused', async () => {
    expect(await undoFailing(lost, refused)).toMatchObject({ step: 'reserve-stock', needsAttention: true });
    id = world.newOrderId();
    expect(await undoFailing(refused, lost)).toMatchObject({ step: 'authorize-payment', needsAttention: true });
    id = world.newOrderId();
    expect(await undoFailing(refused, refused)).toMatchObject({ step: 'authorize-payment', needsAttention: true });
  });
});

describe('a fulfilment after one that was undone', () => {
  it('does not take the cancelled shipment for its own: it books a parcel with a number', async () => {
    id = await world.bring('CONFIRMED, its fulfilment undone');
    const answer = await ask('fulfil-order', id);
    expect(answer.status).toBe(200);
    expect(world.participants.calls.map(({ key }) => key)).toEqual(
      ['book-shipment', 'capture-payment', 'commit-stock'].map((step) => `${id}:${step}:#1:2`),
    );
    expect((await world.order(id)).status).toBe('SHIPPED');
    await world.expectCleanEnd(id);
  });
});

describe('a pivot', () => {
  it('is written before its first try, and once', async () => {
    id = await world.bring('CONFIRMED');
    world.store.delayMs = 20;
    const seen: string[][] = [];
    world.participants.script = {
      'capture-payment': async (call) => {
        seen.push(await world.types(id));
        return inTurn(lost)(call);
      },
    };
    await world.soon(ask('fulfil-order', id));
    await world.settled(id);
    expect(seen[0]?.slice(-3)).toEqual(['saga.started', 'saga.step-done', 'saga.pivot-passed']);
    expect(await eventsOf('saga.pivot-passed')).toHaveLength(1);
    await world.expectCleanEnd(id);
  });
});
