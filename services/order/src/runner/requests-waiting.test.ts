import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Answer } from '@oms/shared/store/store';
import { answers } from '../../test/bare-answers.ts';
import { bodyOf, OrderWorld, POLL_MS, SECOND } from '../../test/order-world.ts';
import { type Behaviour, Gate, inTurn, lost, unsent } from '../../test/scripted-participants.ts';
import { startCancelling } from '../domain/commands.ts';
import type { Order } from '../domain/order.ts';

type Process = ReturnType<OrderWorld['process']>;

let world: OrderWorld;
let process: Process;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  process = world.process();
  id = world.newOrderId();
});
afterEach(() => world.end());

const place = (key?: string, { as = id, waitMs = 10 * SECOND, by = process } = {}) =>
  by.ask('place-order', as, { key, waitMs });
const script = (steps: Record<string, Behaviour>) => Object.assign(world.participants.script, steps);
const said = ({ status, headers, body }: Answer) => ({ status, headers, body });

describe('a client that does not want to wait', () => {
  it('is answered "accepted", and that stays the answer', async () => {
    const gate = new Gate();
    script({ 'reserve-stock': gate.back });
    const accepting = place('K', { waitMs: 0 });
    await world.pass(1);
    const accepted = await accepting;
    expect(accepted.status).toBe(202);
    expect(bodyOf(accepted).status).toBe('PENDING');
    gate.open();
    await world.settled(id);
    await world.expectCleanEnd(id);
    expect(await place('K', { waitMs: 0 })).toEqual({ ...accepted, replayed: true });
  });

  it('is answered with what became of the order if that came before the acceptance was written', async () => {
    const gate = new Gate();
    script({ 'reserve-stock': gate.back, 'authorize-payment': lost });
    const accepting = place('K', { waitMs: SECOND });
    await world.pass(1);
    let letItWrite = () => {};
    world.store.ready = new Promise((resolve) => (letItWrite = resolve));
    await world.pass(SECOND);
    world.store.ready = undefined;
    gate.open();
    await world.settled(id);
    letItWrite();
    expect((await accepting).status).toBe(503);
  });

  it('waits as long as it asked to, and not longer', async () => {
    script({ 'reserve-stock': new Gate().back });
    let answer: Answer | undefined;
    place(undefined, { waitMs: 3 * SECOND }).then((given) => (answer = given));
    await world.pass(3 * SECOND - 1);
    expect(answer).toBeUndefined();
    await world.pass(1);
    expect(answer?.status).toBe(202);
  });
});

describe('the same request while the first is still under way', () => {
  it('is answered REQUEST_IN_PROGRESS when its own time is over', async () => {
    const gate = new Gate();
    script({ 'reserve-stock': gate.back });
    const first = place('K');
    const second = place('K', { waitMs: 2_100, by: world.process() });
    await world.pass(2_100);
    const told = await second;
    expect(told).toMatchObject({ status: 409, headers: { 'Retry-After': '1' } });
    expect(bodyOf(told).code).toBe('REQUEST_IN_PROGRESS');
    gate.open();
    expect((await first).status).toBe(201);
    expect(said(await place('K'))).toEqual(said(await first));
  });

  it('looks at the order after each event of it, and from time to time', async () => {
    const looked = jest.spyOn(world.store, 'read');
    const listen = jest.spyOn(world.store, 'onEvents');
    const looks = async (ms: number) => {
      looked.mockClear();
      await world.pass(ms);
      return looked.mock.calls.filter(([one]) => one === id).length;
    };
    script({ 'reserve-stock': new Gate().back });
    place('K', { by: world.process({ frozen: true }) });
    place('K', { by: world.process({ frozen: true }) });
    await world.pass(1);
    const [tell] = listen.mock.calls.at(-1) as Parameters<typeof world.store.onEvents>;
    expect(await looks(0)).toBe(0);
    tell(new Set(['another']));
    expect(await looks(10)).toBe(0);
    tell(new Set([id]));
    expect(await looks(0)).toBe(1);
    (listen.mock.calls.at(-1) as Parameters<typeof world.store.onEvents>)[0](undefined);
    expect(await looks(0)).toBe(1);
    expect(await looks(249)).toBe(0);
    expect(await looks(1)).toBe(1);
  });

  it('leaves no timer and no listener behind', async () => {
    const [gate, by] = [new Gate(), world.process({ frozen: true })];
    const timers = jest.getTimerCount();
    let listening = 0;
    const { onEvents } = world.store;
    world.store.onEvents = (listener) => {
      listening++;
      const stop = onEvents.call(world.store, listener);
      return () => {
        listening--;
        stop();
      };
    };
    script({ 'reserve-stock': gate.back });
    const both = [place('K', { by }), place('K', { by })];
    await world.pass(0);
    expect([jest.getTimerCount(), listening]).toEqual([timers + 2, 1]);
    gate.open();
    await Promise.all(both);
    expect([jest.getTimerCount(), listening]).toEqual([timers, 0]);
    by.lifecycle.drain();
    expect(jest.getTimerCount()).toBe(timers);
  });

  it('is accepted as soon as the first is', async () => {
    script({ 'reserve-stock': new Gate().back });
    const first = place('K', { waitMs: 2 * SECOND });
    const second = place('K', { waitMs: 5 * SECOND });
    await world.pass(5 * SECOND);
    expect((await first).status).toBe(202);
    expect(said(await second)).toEqual(said(await first));
  });

  it('is answered as soon as the saga pauses', async () => {
    const gate = new Gate();
    script({ 'reserve-stock': inTurn(gate.thereAnd(unsent)) });
    const both = [place('K'), place('K', { by: world.process() })];
    await world.pass(SECOND);
    gate.open();
    const [first, second] = (await Promise.all(both)) as [Answer, Answer];
    expect(first.status).toBe(202);
    expect(said(second)).toEqual(said(first));
  });

  it('has the same answer as the first when the order is cancelled', async () => {
    const gate = new Gate();
    script({ 'reserve-stock': gate.there });
    const first = process.ask('place-order', id, { key: 'K' });
    const second = process.ask('place-order', world.newOrderId(), { key: 'K', traceId: 'b'.repeat(32) });
    await world.pass(SECOND);
    await process.ask('cancel-order', id);
    gate.open();
    expect(bodyOf(await second).code).toBe('ORDER_CANCELLED');
    expect(said(await second)).toEqual(said(await first));
  });

  it('is answered for a first whose process died', async () => {
    const gate = new Gate();
    script({ 'reserve-stock': inTurn(gate.there) });
    place('K', { by: world.process({ frozen: true }), waitMs: 60 * SECOND });
    await world.pass(SECOND);
    const second = await world.soon(place('K', { waitMs: 30 * SECOND }));
    expect(second).toMatchObject({ status: 201, replayed: true });
    expect(bodyOf(second).id).toBe(id);
  });
});

describe('two cancellations', () => {
  const cancel = (key: string | undefined, waitMs = 10 * SECOND, by = process) =>
    by.ask('cancel-order', id, {
      ...{ key, waitMs },
      command: (order) =>
        order?.saga?.name === 'cancel-order' ? 'join' : { events: startCancelling(order as Order, undefined) },
    });
  beforeEach(async () => {
    id = await world.bring('CONFIRMED');
  });

  it('at once are one saga, which answers both', async () => {
    const gate = new Gate();
    script({ 'release-stock': gate.back });
    const both = [cancel('C1'), cancel('C2', 10 * SECOND, world.process()), cancel(undefined)];
    await world.pass(SECOND);
    gate.open();
    for (const answer of await Promise.all(both)) {
      expect(answer.status).toBe(200);
      expect(bodyOf(answer).status).toBe('CANCELLED');
    }
    expect(world.participants.names).toEqual(['give-back-payment', 'release-stock']);
    const [first, second] = await Promise.all(both);
    expect(await cancel('C1')).toEqual({ ...first, replayed: true });
    expect(await cancel('C2')).toEqual({ ...second, replayed: true });
    await world.expectCleanEnd(id);
  });

  it('one after the other have the same answer, the second at once', async () => {
    const first = await cancel('C1');
    const second = await process.ask('cancel-order', id, {
      key: 'C2',
      command: (order) => ({ answer: answers.order(order as Order) }),
    });
    expect(said(second)).toEqual(said(first));
    expect(await cancel('C2')).toEqual({ ...second, replayed: true });
  });

  it.each([
    ['the first has to wait', unsent],
    ['the second has no time', new Gate().back],
  ])('are both accepted when %s', async (_why, behaviour) => {
    script({ 'release-stock': inTurn(behaviour) });
    const both = [cancel('C1', 2 * SECOND), cancel('C2', SECOND)];
    await world.pass(2 * SECOND);
    for (const answer of await Promise.all(both)) {
      expect(answer.status).toBe(202);
      expect(bodyOf(answer).status).toBe('CANCELLING');
    }
  });
});

describe('at shutdown', () => {
  it('nobody waits for long any more', async () => {
    script({ 'reserve-stock': new Gate().back });
    const first = place('K');
    const second = place('K');
    await world.pass(SECOND);
    process.lifecycle.drain();
    await world.pass(POLL_MS);
    expect(bodyOf(await second).code).toBe('REQUEST_IN_PROGRESS');
    await world.pass(SECOND - POLL_MS);
    expect((await first).status).toBe(202);
  });

  it('a request that comes last does not wait for long, either', async () => {
    script({ 'reserve-stock': new Gate().back });
    process.lifecycle.drain();
    const answer = place('K');
    await world.pass(SECOND);
    expect((await answer).status).toBe(202);
  });
});
