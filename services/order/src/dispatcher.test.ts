import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HOLD_MS, LEASE_MS, OrderWorld, POLL_MS, placing, SECOND, TRACE } from '../../../tests/order-world.ts';
import { type Call, Gate, inTurn, lost, unsent } from '../../../tests/scripted-participants.ts';
import { confirm } from './commands.ts';
import type { OrderDoc } from './order-book.ts';

let world: OrderWorld;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  id = world.newOrderId();
});
afterEach(() => world.end());

const countOf = async (type: string) => (await world.types(id)).filter((one) => one === type).length;

describe('an order whose runner died', () => {
  it('is taken over when the lease is over, and not before', async () => {
    world.participants.script = { 'authorize-payment': inTurn(new Gate().there) };
    world.process({ frozen: true }).ask('place-order', id);
    world.process();
    await world.pass(LEASE_MS - POLL_MS);
    expect(world.participants.names).toEqual(['reserve-stock', 'authorize-payment']);
    await world.pass(2 * POLL_MS);
    await world.settled(id);
    expect(await countOf('saga.resumed')).toBe(1);
    await world.expectCleanEnd(id);
  });

  it('is taken over again when the next runner dies as well', async () => {
    const script = inTurn(new Gate().there, new Gate().back);
    world.participants.script = { 'reserve-stock': script };
    world.process({ frozen: true }).ask('place-order', id);
    const { dispatcher } = world.process();
    await world.pass(LEASE_MS + SECOND);
    await world.soon(dispatcher.stop(0));
    world.process();
    await world.settled(id);
    expect(await countOf('saga.resumed')).toBe(2);
    await world.expectCleanEnd(id);
  });
});

describe('a run that takes long', () => {
  it('keeps its lease as long as it lives', async () => {
    const gate = new Gate();
    world.participants.script = { 'reserve-stock': gate.back };
    const answering = world.process().ask('place-order', id, { waitMs: 5 * LEASE_MS });
    world.process();
    await world.pass(4 * LEASE_MS);
    gate.open();
    expect((await answering).status).toBe(201);
    expect(world.participants.names).toEqual(['reserve-stock', 'authorize-payment']);
    await world.expectCleanEnd(id);
  });
});

describe('two processes on one store', () => {
  it('never run the same order at once', async () => {
    const underWay = new Map<string, number>();
    const slowly = async (call: Call) => {
      underWay.set(call.orderId, (underWay.get(call.orderId) ?? 0) + 1);
      expect(underWay.get(call.orderId)).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 300));
      underWay.set(call.orderId, 0);
      return inTurn(unsent, lost, unsent)(call);
    };
    world.participants.script = { 'reserve-stock': slowly };
    const processes = [world.process(), world.process()];
    const ids = Array.from({ length: 20 }, () => world.newOrderId());
    const answers = ids.map((one, i) => processes[i % 2]?.ask('place-order', one));
    await world.soon(Promise.all(answers));
    for (const one of ids) await world.settled(one);
    for (const one of ids) {
      await world.expectCleanEnd(one);
      const asked = world.participants.calls.filter(({ orderId }) => orderId === one).map(({ name }) => name);
      expect(asked).toEqual([...Array(4).fill('reserve-stock'), 'authorize-payment']);
    }
    expect(world.errors).toEqual([]);
  });
});

describe('a poisoned order', () => {
  it('does not stop the others, and is tried again when its lease is over', async () => {
    let poisoned = true;
    const poison = (call: Call) => {
      if (poisoned && call.orderId === id) throw new Error('poison');
      return inTurn(unsent)(call);
    };
    world.participants.script = { 'reserve-stock': poison };
    const { ask } = world.process();
    expect((await ask('place-order', id, { key: 'K' })).status).toBe(202);
    const other = world.newOrderId();
    await ask('place-order', other);
    await world.settled(other);
    await world.pass(3 * LEASE_MS);
    expect(world.errors.map(String)).toEqual(Array(3).fill('Error: poison'));
    poisoned = false;
    await world.settled(id);
    await world.expectCleanEnd(id);
    await world.expectCleanEnd(other);
  });

  it('that cannot even be read does not stop the others', async () => {
    await world.store.write([], undefined, () => ({ put: [{ id: 'broken', data: {} as OrderDoc, dueAt: 0 }] }));
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    await world.process().ask('place-order', id);
    await world.settled(id);
    expect(world.errors).toContainEqual(expect.any(TypeError));
    await world.expectCleanEnd(id);
  });
});

describe('an order that waits', () => {
  it('is tried again when its time has come, and not before', async () => {
    const times: number[] = [];
    world.participants.script = {
      'reserve-stock': (call) => {
        times.push(Date.now());
        return inTurn(unsent, lost)(call);
      },
    };
    await world.process().ask('place-order', id);
    await world.settled(id);
    const [first = 0, second = 0, third = 0] = times;
    expect([second - first, third - second]).toEqual([expect.closeTo(SECOND, -3), expect.closeTo(2 * SECOND, -3)]);
    expect(second - first).toBeGreaterThanOrEqual(SECOND);
    expect(third - second).toBeGreaterThanOrEqual(2 * SECOND);
    expect(await countOf('saga.resumed')).toBe(0);
    await world.expectCleanEnd(id);
  });

  it('is not kept waiting by whatever else the process is busy with', async () => {
    world.participants.script = { 'reserve-stock': (call) => (call.orderId === id ? inTurn(unsent) : gate.back)(call) };
    const gate = new Gate();
    const { ask } = world.process();
    const busy = Array.from({ length: 100 }, () => ask('place-order', world.newOrderId()));
    await ask('place-order', id);
    await world.pass(2 * SECOND);
    expect((await world.order(id)).status).toBe('CONFIRMED');
    gate.open();
    await Promise.all(busy);
  });
});

describe('an order that is held for its confirmation', () => {
  const held = async () => {
    const { ask } = world.process();
    const answer = await ask('place-order', id, { wish: placing(id, { autoConfirm: false }) });
    expect(answer.status).toBe(201);
    expect((await world.order(id)).status).toBe('AWAITING_CONFIRMATION');
  };

  it('is cancelled when that does not come in time, with money and stock given back', async () => {
    await held();
    await world.pass(HOLD_MS - SECOND);
    expect((await world.order(id)).status).toBe('AWAITING_CONFIRMATION');
    await world.pass(2 * SECOND);
    expect(await world.order(id)).toMatchObject({ status: 'CANCELLED', payment: { status: 'giveBack' } });
    expect((await world.events(id)).find(({ type }) => type === 'saga.started')?.data).toMatchObject({
      reason: 'it was not confirmed in time',
    });
    await world.expectCleanEnd(id);
  });

  it('stays when it is confirmed in time', async () => {
    await held();
    await world.pass(HOLD_MS - SECOND);
    await world.book.change(id, undefined, TRACE, (doc) => confirm((doc as OrderDoc).order));
    await world.pass(HOLD_MS);
    expect((await world.order(id)).status).toBe('CONFIRMED');
    await world.expectCleanEnd(id);
  });
});

describe('a lease on an order that nothing is to be done for', () => {
  it('is put away', async () => {
    id = await world.bring('CONFIRMED');
    world.process();
    await world.book.change(id, undefined, TRACE, (_doc, now) => ({ lease: { token: 'T', until: now + LEASE_MS } }));
    await world.pass(LEASE_MS + SECOND);
    expect((await world.doc(id)).lease).toBeUndefined();
    expect(await world.store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    await world.expectCleanEnd(id);
  });
});

describe('an order that is not there', () => {
  it('is left alone', async () => {
    const { due } = world.store;
    world.store.due = async (...query) => ['nobody', ...(await due.apply(world.store, query))];
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    await world.process().ask('place-order', id);
    await world.settled(id);
    expect(world.errors).toEqual([]);
    await world.expectCleanEnd(id);
  });
});

describe('a store that cannot be asked for a while', () => {
  it('keeps nobody from looking again', async () => {
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    const { ask } = world.process();
    await ask('place-order', id);
    const { due } = world.store;
    world.store.due = () => Promise.reject(new Error('no connection'));
    await world.pass(3 * SECOND);
    world.store.due = due;
    await world.settled(id);
    expect(world.errors.map(String)).toEqual(Array(6).fill('Error: no connection'));
    await world.expectCleanEnd(id);
  });
});

describe('stopping', () => {
  const GRACE_MS = 2 * SECOND;

  it('lets what runs here end, and begins nothing any more', async () => {
    const gate = new Gate();
    const waiting = world.newOrderId();
    world.participants.script = { 'reserve-stock': (call) => (call.orderId === id ? gate.back : inTurn(unsent))(call) };
    const { dispatcher, ask } = world.process();
    await ask('place-order', waiting);
    const answering = ask('place-order', id);
    await world.pass(0);
    const stopped = dispatcher.stop(GRACE_MS);
    await world.pass(GRACE_MS / 2);
    gate.open();
    await stopped;
    expect((await answering).status).toBe(201);
    await world.pass(LEASE_MS);
    expect(await world.order(waiting)).toMatchObject({ status: 'PENDING', saga: { rounds: 1 } });
    await world.expectCleanEnd(id);
  });

  it('cuts what hangs when the grace is over; others go on with it when its lease is over', async () => {
    const gate = new Gate();
    world.participants.script = { 'reserve-stock': inTurn(gate.there) };
    const { dispatcher, ask } = world.process();
    const answering = ask('place-order', id, { key: 'K' });
    await world.pass(0);
    let stopped = false;
    const stopping = dispatcher.stop(GRACE_MS).then(() => (stopped = true));
    await world.pass(GRACE_MS - 1);
    expect(stopped).toBe(false);
    await world.pass(1);
    await stopping;
    expect((await answering).status).toBe(202);
    expect(world.participants.names).toEqual(['reserve-stock']);
    world.process();
    await world.settled(id);
    await world.expectCleanEnd(id);
  });

  it('in the middle of looking for orders begins no other', async () => {
    const ids = [id, world.newOrderId()];
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    const frozen = world.process({ frozen: true });
    for (const one of ids) await frozen.ask('place-order', one);
    await world.pass(2 * SECOND);
    const { dispatcher } = world.process();
    let goOn = () => {};
    world.store.ready = new Promise((resolve) => (goOn = resolve));
    await world.pass(POLL_MS);
    const stopped = dispatcher.stop(GRACE_MS);
    world.store.ready = undefined;
    goOn();
    await stopped;
    expect((await Promise.all(ids.map(world.order))).map(({ status }) => status).sort()).toEqual([
      'CONFIRMED',
      'PENDING',
    ]);
  });
});
