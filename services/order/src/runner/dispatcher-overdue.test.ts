import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ALERT_MS, HOLD_MS, LEASE_MS, OrderWorld, POLL_MS, placing, SECOND, TRACE } from '../../test/order-world.ts';
import { type Call, Gate, inTurn, lost, unsent } from '../../test/scripted-participants.ts';
import type { OrderDoc } from '../book/order-book.ts';
import { confirm } from '../domain/commands.ts';

let world: OrderWorld;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  id = world.newOrderId();
});
afterEach(() => world.end());

const countOf = async (type: string) => (await world.types(id)).filter((one) => one === type).length;

describe('a poisoned order', () => {
  it('does not stop others, is tried again with backoff, and needs an operator', async () => {
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
    await world.pass(4 * SECOND);
    expect(world.errors.map(String)).toEqual(Array(3).fill('Error: poison'));
    expect(world.troubles[0]).toMatchObject({ orderId: id, step: 'reserve-stock' });
    expect((await world.order(id)).saga).toMatchObject({ rounds: 3, trouble: 'an unexpected error' });
    await world.pass(ALERT_MS);
    expect((await world.order(id)).needsAttention).toBe(true);
    poisoned = false;
    await world.settled(id);
    await world.expectCleanEnd(id);
    await world.expectCleanEnd(other);
  });

  it.each([1, 300])(
    'that cannot be read is tried again with backoff, and %i of them do not stop others',
    async (count) => {
      const broken = Array.from({ length: count }, (_, i) => `broken${i}`);
      const put = broken.map((one) => ({ id: one, data: {} as OrderDoc, dueAt: 0 }));
      await world.store.write(broken, undefined, () => ({ put }));
      world.participants.script = { 'reserve-stock': inTurn(unsent) };
      await world.process().ask('place-order', id);
      await world.settled(id);
      await world.expectCleanEnd(id);
      await world.pass(32 * POLL_MS);
      const tries = count * [0, 1, 3, 7, 15, 31].length;
      expect(world.errors).toEqual(Array(tries).fill(expect.any(TypeError)));
    },
  );
});

describe('an order that was written while a clock was ahead', () => {
  const jumps = (ms: number) => jest.setSystemTime(Date.now() + ms);

  it('is taken over from the runner that died, although its lease seems to last', async () => {
    world.participants.script = { 'authorize-payment': inTurn(new Gate().there) };
    jumps(HOLD_MS);
    world.process({ frozen: true }).ask('place-order', id);
    await world.passUntil(() => world.participants.names.includes('authorize-payment'));
    jumps(-HOLD_MS);
    world.process();
    await world.pass(LEASE_MS / 2);
    expect((await world.order(id)).saga).toBeUndefined();
    expect(await countOf('saga.resumed')).toBe(1);
    await world.expectCleanEnd(id);
  });

  it('is tried again, although its pause seems to last', async () => {
    world.process();
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    jumps(HOLD_MS);
    await world.process({ frozen: true }).ask('place-order', id);
    jumps(-HOLD_MS);
    await world.pass(3 * LEASE_MS);
    expect((await world.order(id)).saga).toBeUndefined();
    await world.expectCleanEnd(id);
  });

  it('is taken up once, even if it pauses again', async () => {
    world.process();
    world.participants.script = { 'reserve-stock': inTurn(unsent, unsent) };
    jumps(HOLD_MS);
    await world.process({ frozen: true }).ask('place-order', id);
    jumps(-HOLD_MS);
    await world.passUntil(async () => (await world.order(id)).saga?.rounds === 2);
    world.store.failing = 'before';
    await world.pass(2 * POLL_MS);
    expect(world.store.failing).toBe('before');
    world.store.failing = undefined;
    await world.settled(id);
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

  it('is one of a limited number that are worked on at once', async () => {
    const gate = new Gate();
    world.participants.script = { 'reserve-stock': inTurn(unsent, gate.back) };
    const ids = Array.from({ length: 150 }, () => world.newOrderId());
    const { ask } = world.process();
    await Promise.all(ids.map((one) => ask('place-order', one)));
    const again = () => world.participants.calls.filter(({ turn }) => turn === 1).length;
    await world.pass(4 * SECOND);
    expect(again()).toBe(64);
    gate.open();
    for (const one of ids) await world.settled(one);
    expect(again()).toBe(150);
  });

  it('does not wait for the next look because hundreds of others came first', async () => {
    const times = new Set<number>();
    world.participants.script = {
      'reserve-stock': (call) => {
        if (call.turn === 1) times.add(Date.now());
        return inTurn(unsent)(call);
      },
    };
    const ids = Array.from({ length: 1_000 }, () => world.newOrderId());
    const { ask } = world.process();
    await Promise.all(ids.map((one) => ask('place-order', one)));
    for (const one of ids) await world.settled(one);
    // Their pauses differ by 0.4 s, and it looks every 0.5 s.
    expect(times.size).toBeLessThanOrEqual(2);
  });

  it('is not delayed by other work of the process', async () => {
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
    const answer = await ask('place-order', id, { command: placing(id, { autoConfirm: false }) });
    expect(answer.status).toBe(201);
    expect((await world.order(id)).status).toBe('AWAITING_CONFIRMATION');
  };

  it('expires when the confirmation does not come in time: it is cancelled, with money and stock given back', async () => {
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
    await world.book.decide({ traceId: TRACE }, id, (doc) => ({ events: confirm((doc as OrderDoc).order) }));
    await world.pass(HOLD_MS);
    expect((await world.order(id)).status).toBe('CONFIRMED');
    await world.expectCleanEnd(id);
  });
});

describe('a lease on an order without a saga', () => {
  it('is removed', async () => {
    id = await world.bring('CONFIRMED');
    world.process();
    await world.book.decide({ traceId: TRACE }, id, (_doc, now) => ({ lease: { token: 'T', until: now + LEASE_MS } }));
    await world.pass(LEASE_MS + SECOND);
    expect(await world.doc(id)).toMatchObject({ lease: undefined, order: { status: 'CONFIRMED' } });
    expect(await world.store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    await world.expectCleanEnd(id);
  });
});

describe('an order whose events cannot be found', () => {
  it('goes on in its own trace', async () => {
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    await world.process().ask('place-order', id);
    const { events } = world.store;
    world.store.events = async () => [];
    await world.settled(id);
    world.store.events = events;
    expect(new Set((await world.events(id)).map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    expect(world.participants.calls.at(-1)?.how.trace?.traceId).toBe(TRACE);
    await world.expectCleanEnd(id);
  });
});

describe('an order that is gone, or that another process has just taken up', () => {
  it('is left alone', async () => {
    const ended = await world.bring('CONFIRMED');
    const before = await world.doc(ended);
    const { due } = world.store;
    world.store.due = async (...query) => ['nobody', ended, ...(await due.apply(world.store, query))];
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    await world.process().ask('place-order', id);
    await world.settled(id);
    expect(world.errors).toEqual([]);
    expect(await world.doc(ended)).toBe(before);
    await world.expectCleanEnd(id);
  });
});
