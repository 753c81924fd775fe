import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LEASE_MS, OrderWorld, POLL_MS, SECOND } from '../../test/order-world.ts';
import { type Call, Gate, inTurn, lost, unsent } from '../../test/scripted-participants.ts';

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

describe('a run that fails unexpectedly', () => {
  const failing = (call: Call) => {
    world.store.failing = 'before';
    return inTurn()(call);
  };
  const failed = async () => (await world.metrics.registry.getSingleMetric('saga_runs_failed_total')?.get())?.values;

  it('is logged once with the order, its trace and the stack, and counted; the order is taken up again', async () => {
    world.participants.script = { 'authorize-payment': inTurn(failing) };
    expect((await world.process().ask('place-order', id, { key: 'K', traceId: 'b'.repeat(32) })).status).toBe(202);
    const error = expect.objectContaining({ stack: expect.stringContaining('the store cannot be reached') });
    const about = { orderId: id, saga: 'place-order', traceId: 'b'.repeat(32), error };
    expect(world.troubles).toEqual([about]);
    expect(await failed()).toMatchObject([{ labels: { saga: 'place-order' }, value: 1 }]);
    await world.settled(id);
    expect(world.troubles).toHaveLength(1);
    expect(await countOf('saga.resumed')).toBe(1);
    await world.expectCleanEnd(id);
  });

  it('of an order that was taken up is logged once as well, and it is taken up again', async () => {
    id = await world.bring('CONFIRMED');
    world.participants.script = { 'book-shipment': inTurn(unsent, failing) };
    await world.process().ask('fulfil-order', id, { traceId: 'b'.repeat(32) });
    await world.settled(id);
    expect(world.troubles).toMatchObject([{ orderId: id, saga: 'fulfil-order', traceId: 'b'.repeat(32) }]);
    expect(await countOf('saga.resumed')).toBe(1);
    await world.expectCleanEnd(id);
  });
});

describe('a run that takes long', () => {
  it('renews its lease', async () => {
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

describe('a process that seldom looks for what is overdue', () => {
  it('renews its leases in time all the same', async () => {
    const gate = new Gate();
    world.participants.script = { 'reserve-stock': gate.back };
    const answering = world.process({ pollMs: 10 * LEASE_MS }).ask('place-order', id, { waitMs: 5 * LEASE_MS });
    await world.pass(0);
    const ends = new Set<number | undefined>();
    for (const since = Date.now(); Date.now() < since + 2 * LEASE_MS; await world.pass(POLL_MS)) {
      const { lease } = await world.doc(id);
      ends.add(lease && (lease.until - since) / LEASE_MS);
    }
    expect([...ends]).toEqual([1, 1.75, 2.5]);
    gate.open();
    expect((await answering).status).toBe(201);
  });
});

describe('a run that has ended', () => {
  it('writes nothing any more', async () => {
    await world.process().ask('place-order', id);
    world.store.failing = 'before';
    await world.pass(2 * LEASE_MS);
    expect(world.store.failing).toBe('before');
    expect(world.errors).toEqual([]);
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
    world.store.delayMs = 20;
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

describe('a store that cannot be reached for a while', () => {
  it('does not end the looks for overdue orders', async () => {
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

  it('does not end the looks for stranded orders, nor does it stop other orders', async () => {
    const { list } = world.store;
    world.store.list = () => Promise.reject(new Error('no connection'));
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    await world.process().ask('place-order', id);
    await world.settled(id);
    world.store.list = list;
    await world.pass(LEASE_MS);
    expect(world.errors.map(String)).toEqual(['Error: no connection']);
  });
});

describe('a shutdown', () => {
  const GRACE_MS = 2 * SECOND;

  it('lets runs finish, begins none, and leaves no timer behind', async () => {
    const timers = jest.getTimerCount();
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
    expect(jest.getTimerCount()).toBe(timers);
    await world.pass(LEASE_MS);
    expect(await world.order(waiting)).toMatchObject({ status: 'PENDING', saga: { rounds: 1 } });
    await world.expectCleanEnd(id);
  });

  it('cuts runs that hang when the grace is over; another process goes on when their leases are over', async () => {
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

  it('cuts a run that begins after the grace at once', async () => {
    world.participants.script = { 'reserve-stock': new Gate().there };
    const { dispatcher, ask } = world.process();
    ask('place-order', world.newOrderId());
    await world.pass(0);
    await world.soon(dispatcher.stop(0));
    let status: number | undefined;
    ask('place-order', id).then((answer) => (status = answer.status));
    await world.pass(0);
    expect(status).toBe(202);
  });

  it('finishes an order that it is just taking up', async () => {
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
    expect((await Promise.all(ids.map(world.order))).map(({ status }) => status)).toEqual(['CONFIRMED', 'CONFIRMED']);
  });

  it('leaves an overdue order that it is still reading to other processes', async () => {
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    const { dispatcher, ask } = world.process();
    await ask('place-order', id);
    const { events } = world.store;
    let goOn = () => {};
    const going = new Promise<void>((resolve) => (goOn = resolve));
    world.store.events = async (query) => going.then(() => events.call(world.store, query));
    await world.pass(2 * SECOND);
    const stopped = dispatcher.stop(GRACE_MS);
    goOn();
    await stopped;
    expect(await world.order(id)).toMatchObject({ status: 'PENDING', saga: { rounds: 1 } });
  });
});
