import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ALERT_MS, bodyOf, CART, HOLD_MS, LEASE_MS, OrderWorld, POLL_MS, SECOND } from '../../test/order-world.ts';
import { type Behaviour, Gate, inTurn, lost, refused, retried, unsent } from '../../test/scripted-participants.ts';
import { place } from '../domain/commands.ts';

let world: OrderWorld;
let ask: ReturnType<OrderWorld['process']>['ask'];
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  ask = world.process().ask;
  id = world.newOrderId();
});
afterEach(() => world.end());

/** It was done, and whoever asks again is refused. */
const refusedAfterAll: Behaviour = (call) => {
  call.carryOut();
  return refused(call);
};
const eventsOf = async (type: string) => (await world.events(id)).filter((event) => event.type === type);

describe('a participant that cannot be reached', () => {
  const pauses = async () => {
    const waits = (await eventsOf('saga.waiting')) as { at: number; data: { until?: number } }[];
    return waits.map(({ at, data }) => (data.until ?? 0) - at);
  };

  it('is called again with backoff, up to a limit, the last time when the step is given up', async () => {
    world.participants.script = { 'reserve-stock': unsent };
    const times = { deadlineMs: 52 * SECOND, holdMs: HOLD_MS };
    await ask('place-order', id, { command: (_none, now) => ({ events: place(id, CART, now, times) }) });
    await world.settled(id);
    expect(await pauses()).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 7_000]);
    expect(await world.order(id)).toMatchObject({
      status: 'REJECTED',
      failure: { code: 'INVENTORY_UNAVAILABLE', unavailable: true },
    });
    expect(world.participants.names.filter((name) => name.startsWith('undo-'))).toEqual([]);
  });

  it.each([
    [0, 800],
    [1, 1_200],
  ])('is asked again after a pause that differs by chance: %s of 1', async (chance, pause) => {
    world.world.random = () => chance;
    world.participants.script = { 'reserve-stock': inTurn(unsent) };
    await ask('place-order', id);
    expect(await pauses()).toEqual([pause]);
  });

  it('is called only for steps that are not done yet, and the backoff begins anew with each step', async () => {
    id = await world.bring('CONFIRMED');
    world.participants.script = { 'book-shipment': inTurn(lost, lost), 'commit-stock': inTurn(lost) };
    expect((await ask('fulfil-order', id)).status).toBe(202);
    await world.settled(id);
    expect(await pauses()).toEqual([1_000, 2_000, 1_000]);
    const asked = [
      'book-shipment',
      'book-shipment',
      'book-shipment',
      'capture-payment',
      'commit-stock',
      'commit-stock',
    ];
    expect(world.participants.names).toEqual(asked);
  });

  it.each(['cancel-order', 'place-order'] as const)('for long, in %s, needs an operator, once', async (saga) => {
    if (saga === 'cancel-order') id = await world.bring('CONFIRMED');
    world.participants.script = {
      'release-stock': lost,
      'authorize-payment': retried(refused),
      'undo-authorize-payment': lost,
    };
    await ask(saga, id);
    await world.pass(ALERT_MS - SECOND);
    expect((await world.order(id)).needsAttention).toBe(false);
    await world.pass(ALERT_MS);
    expect((await world.order(id)).needsAttention).toBe(true);
    expect(await eventsOf('saga.needs-attention')).toHaveLength(1);
    world.participants.script = {};
    await world.settled(id);
    await world.expectCleanEnd(id);
  });
});

describe('before a long pause', () => {
  it.each([
    [1_000, ['order.placed']],
    [1_001, ['order.placed', 'saga.step-done', 'saga.step-retried']],
  ])('of %s ms, what has happened is written', async (waitMs, written) => {
    const gate = new Gate();
    world.participants.script = { 'authorize-payment': retried(gate.there, { waitMs }) };
    const answering = ask('place-order', id);
    await world.pass(0);
    expect(await world.types(id)).toEqual(written);
    gate.open();
    await answering;
    await world.expectCleanEnd(id);
  });
});

describe('a runner that lost its lease', () => {
  it('writes nothing any more, even while the next runner is at work', async () => {
    const [sleeper, gate, other] = [world.process({ frozen: true }), new Gate(), new Gate()];
    world.participants.script = { 'reserve-stock': inTurn(gate.back), 'authorize-payment': inTurn(other.there) };
    const answering = sleeper.ask('place-order', id);
    await world.pass(LEASE_MS + SECOND);
    expect(other.reached).toBe(true);
    gate.open();
    await world.pass(0);
    const during = await world.types(id);
    other.open();
    expect((await answering).status).toBe(202);
    await world.settled(id);
    expect(during).toEqual(['order.placed', 'saga.resumed']);
    expect(world.errors).toEqual([]);
    await world.expectCleanEnd(id);
  });
});

describe('a step that is tried again while the lease is renewed', () => {
  it('stays known as one that may have happened, and is undone when it is refused in the end', async () => {
    const [renewing, renewed] = [new Gate(), new Gate()];
    world.participants.script = { 'authorize-payment': renewing.thereAnd(retried(renewed.thereAnd(refusedAfterAll))) };
    const answering = ask('place-order', id);
    let renew = () => {};
    world.store.ready = new Promise((resolve) => (renew = resolve));
    await world.pass(LEASE_MS / 2 + POLL_MS);
    renewing.open();
    await world.pass(0);
    renew();
    await world.pass(0);
    renewed.open();
    expect((await answering).status).toBe(409);
    await world.expectCleanEnd(id);
  });
});

describe('a runner whose step hangs', () => {
  it('gives the step up when its lease is taken', async () => {
    world.participants.script = { 'reserve-stock': new Gate().there };
    const answering = ask('place-order', id);
    await world.pass(SECOND);
    expect((await world.process({ frozen: true }).ask('cancel-order', id)).status).toBe(200);
    await world.pass(LEASE_MS / 2);
    expect(bodyOf(await answering).code).toBe('ORDER_CANCELLED');
    expect(world.errors).toEqual([]);
    await world.expectCleanEnd(id);
  });
});

describe('a write that fails', () => {
  it('ends the run, and the call under way', async () => {
    world.participants.script = { 'reserve-stock': inTurn(new Gate().there) };
    const answering = ask('place-order', id);
    await world.pass(LEASE_MS / 2);
    world.store.failing = 'before';
    await world.pass(SECOND);
    expect((await answering).status).toBe(202);
    expect(world.errors.map(String)).toEqual(['Error: the store cannot be reached']);
    expect(Date.now() - (await world.order(id)).createdAt).toBeLessThan(LEASE_MS);
    await world.settled(id);
    await world.expectCleanEnd(id);
  });

  it('is the last of its run, so that no event is left out', async () => {
    const gate = new Gate();
    world.participants.script = { 'authorize-payment': inTurn(gate.back) };
    const answering = ask('place-order', id);
    await world.pass(LEASE_MS / 2);
    let fail = () => {};
    world.store.ready = new Promise((resolve) => (fail = resolve));
    world.store.failing = 'before';
    await world.pass(SECOND / 2);
    world.store.ready = undefined;
    gate.open();
    await world.pass(0);
    fail();
    expect((await answering).status).toBe(202);
    expect((await world.order(id)).status).toBe('PENDING');
    await world.settled(id);
    expect((await eventsOf('saga.step-done')).length).toBe(2);
    expect(world.errors.map(String)).toEqual(['Error: the store cannot be reached']);
    await world.expectCleanEnd(id);
  });
});
