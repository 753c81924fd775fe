import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '@oms/shared/store/store';
import { bodyOf, OrderWorld, placing, SECOND } from '../../test/order-world.ts';
import { type Behaviour, Gate, inTurn, lost, refused, unsent } from '../../test/scripted-participants.ts';

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
const orders = async () => (await world.store.list({ limit: 10 })).items.map((doc) => doc.id);
const said = ({ status, headers, body }: Answer) => ({ status, headers, body });

describe('a request with a key', () => {
  it('that comes twice at once makes one order, and both answers are the same, byte for byte', async () => {
    const gate = new Gate();
    script({ 'reserve-stock': gate.back });
    const both = [place('K'), place('K', { as: world.newOrderId() })];
    await world.pass(SECOND);
    gate.open();
    const [first, second] = (await Promise.all(both)) as [Answer, Answer & { replayed: boolean }];
    expect(first.status).toBe(201);
    expect(said(second)).toEqual(said(first));
    expect(second.replayed).toBe(true);
    expect(await orders()).toEqual([id]);
    expect(world.participants.names).toEqual(['reserve-stock', 'authorize-payment']);
  });

  it('has the same answer long after', async () => {
    const first = await place('K');
    await process.ask('cancel-order', id);
    await world.pass(60 * 60 * SECOND);
    const again = await place('K', { as: world.newOrderId(), by: world.process() });
    expect(said(again)).toEqual(said(first));
    expect(again.replayed).toBe(true);
    expect(await orders()).toEqual([id]);
  });

  it('has the same refusal again', async () => {
    script({ 'reserve-stock': refused });
    const first = await place('K');
    script({ 'reserve-stock': inTurn() });
    expect(first.status).toBe(409);
    expect(said(await place('K', { as: world.newOrderId() }))).toEqual(said(first));
    expect(await orders()).toEqual([id]);
  });

  it('that was refused before its saga began has the same refusal again', async () => {
    await place();
    const first = await process.ask('return-order', id, { key: 'K' });
    for (const one of [first, await process.ask('return-order', id)]) {
      expect([bodyOf(one).code, one.replayed ?? false]).toEqual(['INVALID_TRANSITION', false]);
    }
    const again = await process.ask('return-order', id, { key: 'K' });
    expect(again).toEqual({ ...first, replayed: true });
  });

  it('that fails unexpectedly is not remembered', async () => {
    const command = () => {
      throw new Error('a bug');
    };
    await expect(process.ask('place-order', id, { key: 'K', command })).rejects.toThrow('a bug');
    expect((await place('K')).status).toBe(201);
  });

  it('that was accepted while its saga paused stays accepted', async () => {
    script({ 'reserve-stock': inTurn(unsent) });
    const first = await place('K');
    expect(first).toMatchObject({ status: 202, headers: { Location: `/orders/${id}` } });
    await world.settled(id);
    expect((await world.order(id)).status).toBe('CONFIRMED');
    expect(await place('K')).toEqual({ ...first, replayed: true });
    expect(world.store.writes.filter(({ settles }) => settles === 'K')).toHaveLength(1);
  });

  it('tries again with a new order after a 503, of which nothing is left', async () => {
    script({ 'authorize-payment': inTurn(lost) });
    const first = await place('K');
    expect(first).toMatchObject({ status: 503, headers: { 'Retry-After': '30', Location: `/orders/${id}` } });
    const next = world.newOrderId();
    script({ 'authorize-payment': inTurn() });
    const second = await place('K', { as: next });
    expect(second.status).toBe(201);
    expect(bodyOf(second).id).toBe(next);
    expect(await orders()).toEqual([id, next]);
    for (const one of [id, next]) await world.expectCleanEnd(one);
    expect((await world.order(id)).status).toBe('REJECTED');
  });

  it('is answered 503 while its order is still being undone, and may try again meanwhile', async () => {
    script({ 'authorize-payment': lost, 'undo-reserve-stock': inTurn(lost, lost) });
    expect((await place('K')).status).toBe(503);
    const next = world.newOrderId();
    script({ 'authorize-payment': inTurn() });
    const second = await place('K', { as: next });
    expect(second.status).toBe(201);
    await world.settled(id);
    expect(await place('K', { as: world.newOrderId() })).toEqual({ ...second, replayed: true });
    for (const one of [id, next]) await world.expectCleanEnd(one);
  });

  it('of an order that was rejected is not answered by the next order', async () => {
    const [authorizing, reserving] = [new Gate(), new Gate()];
    script({ 'authorize-payment': authorizing.thereAnd(lost) });
    const first = place('K');
    const twin = place('K', { as: world.newOrderId() });
    await world.pass(SECOND);
    let letTwinWrite = () => {};
    const stopListening = world.store.onEvents(async () => {
      if ((await world.order(id)).saga) return;
      stopListening();
      world.store.ready = new Promise((resolve) => (letTwinWrite = resolve));
    });
    authorizing.open();
    expect((await first).status).toBe(503);
    await world.pass(0);
    world.store.ready = undefined;

    const next = world.newOrderId();
    script({ 'reserve-stock': reserving.back, 'authorize-payment': inTurn() });
    const second = place('K', { as: next });
    await world.pass(0);
    letTwinWrite();
    expect((await twin).status).toBe(503);
    reserving.open();
    expect((await second).status).toBe(201);
    expect(bodyOf(await place('K')).id).toBe(next);
  });
});

describe('an order that is refused at once', () => {
  const failure = { code: 'PRODUCT_NOT_FOUND', reason: 'There is no product PROD1.' };
  const refuse = (key?: string, { as = id, unavailable = false } = {}) =>
    process.ask('place-order', as, {
      key,
      command: placing(as, {}, unavailable ? { ...failure, unavailable } : failure),
    });

  it('exists as rejected after one write, and no participant was called', async () => {
    const answer = await refuse();
    expect(answer).toMatchObject({ status: 409, headers: { Location: `/orders/${id}` } });
    expect(bodyOf(answer)).toMatchObject({ code: 'PRODUCT_NOT_FOUND', orderId: id });
    expect(world.store.writes).toHaveLength(1);
    expect(await world.types(id)).toEqual(['order.placed', 'order.status-changed']);
    expect(await world.order(id)).toMatchObject({ status: 'REJECTED', failure });
    await world.pass(60 * SECOND);
    await world.expectCleanEnd(id);
    expect(world.participants.names).toEqual([]);
  });

  it('is the answer to its key, byte for byte', async () => {
    const first = await refuse('K');
    const again = await refuse('K', { as: world.newOrderId() });
    expect([said(again), again.replayed]).toEqual([said(first), true]);
    expect(await orders()).toEqual([id]);
  });

  it('because a price could not be looked up is a 503: the same key tries again with a new order, and this one stays rejected', async () => {
    expect((await refuse('K', { unavailable: true })).status).toBe(503);
    const next = world.newOrderId();
    expect(bodyOf(await place('K', { as: next })).id).toBe(next);
    expect((await world.order(id)).status).toBe('REJECTED');
    expect(await orders()).toEqual([id, next]);
  });
});

describe('the keys of the calls', () => {
  it('are made of order and step', async () => {
    script({ 'authorize-payment': refused, 'reserve-stock': inTurn(unsent) });
    await place();
    await world.settled(id);
    expect(world.participants.calls.map(({ key }) => key)).toEqual([
      `${id}:reserve-stock`,
      `${id}:reserve-stock`,
      `${id}:authorize-payment`,
      `${id}:undo-reserve-stock`,
    ]);
  });

  it('are the same when another process goes on after a crash', async () => {
    script({ 'authorize-payment': inTurn(new Gate().there) });
    world.process({ frozen: true }).ask('place-order', id);
    await world.passUntil(() => world.participants.names.includes('authorize-payment'));
    world.process();
    await world.settled(id);
    const keys = world.participants.calls.map(({ key }) => key);
    expect(keys.filter((key) => key === `${id}:authorize-payment`)).toHaveLength(2);
    expect(new Set(keys)).toEqual(new Set([`${id}:reserve-stock`, `${id}:authorize-payment`]));
  });
});
