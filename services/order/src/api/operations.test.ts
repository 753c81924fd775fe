import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { served } from '../../test/order-service.ts';
import { bodyOf, OrderWorld, requestWith, SECOND } from '../../test/order-world.ts';
import { type Behaviour, Gate, inTurn, lost, refused, retried, unsent } from '../../test/scripted-participants.ts';

let world: OrderWorld;
let process: ReturnType<OrderWorld['process']>;
let http: ReturnType<typeof served>;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  process = world.process();
  http = served(world, process);
  id = world.newOrderId();
});
afterEach(async () => {
  await http.close();
  await world.end();
});

const script = (steps: Record<string, Behaviour>) => Object.assign(world.participants.script, steps);
const operator = (action: string, note?: string) => http.post(`/sagas/${id}/${action}`, { note });
const remembered = async (key: string) => (await world.store.write([], requestWith(key).request, () => ({}))).answer;
const interventions = async () =>
  (await world.events(id)).flatMap((event) => (event.type === 'saga.intervened' ? event.data : []));

describe('an operator, while a saga waits', () => {
  it('retries it at once', async () => {
    script({ 'reserve-stock': inTurn(unsent, unsent, unsent, unsent) });
    await process.ask('place-order', id);
    await world.passUntil(async () => (await world.order(id)).saga?.rounds === 4);
    const answer = await operator('retry', 'inventory is back');
    expect(answer).toMatchObject({ status: 200, body: { id, status: 'PENDING' } });
    await world.pass(SECOND);
    expect((await world.order(id)).status).toBe('CONFIRMED');
    expect(await interventions()).toEqual([{ saga: 'place-order', action: 'retry', note: 'inventory is back' }]);
    await world.expectCleanEnd(id);
  });

  it('undoes a placing', async () => {
    script({ 'reserve-stock': lost });
    await process.ask('place-order', id);
    expect(await operator('compensate', 'fraud')).toMatchObject({
      status: 200,
      body: { status: 'REJECTED', failure: { code: 'COMPENSATED', reason: 'fraud' } },
    });
    await world.settled(id);
    expect(world.participants.names.slice(-2)).toEqual(['undo-authorize-payment', 'undo-reserve-stock']);
    await world.expectCleanEnd(id);
  });

  it('undoes a fulfilment, which cancels the order', async () => {
    id = await world.bring('CONFIRMED');
    script({ 'book-shipment': lost });
    await process.ask('fulfil-order', id);
    expect(await operator('compensate')).toMatchObject({ status: 200, body: { status: 'CANCELLING' } });
    await world.settled(id);
    expect((await world.order(id)).status).toBe('CANCELLED');
    await world.expectCleanEnd(id);
  });

  it('declares it settled by hand, and it is not tried any more', async () => {
    id = await world.bring('DELIVERED');
    script({ restock: refused });
    await process.ask('return-order', id);
    const answer = await operator('resolve', 'restocked by hand');
    expect(answer).toMatchObject({ status: 200, body: { status: 'RETURNED', needsAttention: false } });
    expect((await world.doc(id)).lease).toBeUndefined();
    const calls = world.participants.calls.length;
    await world.pass(60 * SECOND);
    expect(world.participants.calls).toHaveLength(calls);
    expect(await interventions()).toEqual([{ saga: 'return-order', action: 'resolve', note: 'restocked by hand' }]);
  });

  it('declares an undo settled by hand', async () => {
    script({ 'authorize-payment': retried(refused), 'undo-authorize-payment': refused });
    await process.ask('place-order', id);
    const answer = await operator('resolve', 'voided by hand');
    expect(answer).toMatchObject({ status: 200, body: { status: 'REJECTED', failure: { code: 'NOT_TODAY' } } });
    expect((await world.order(id)).saga).toBeUndefined();
  });

  it('finds it in the list, and what is stuck in its own', async () => {
    const returned = await world.bring('DELIVERED');
    script({ 'reserve-stock': unsent, restock: refused });
    await process.ask('return-order', returned);
    await process.ask('place-order', id);
    const listed = async (state: string) => (await http.get(`/sagas${state}`)).body.items;
    expect(await listed('?state=running')).toEqual([
      {
        ...{ orderId: id, saga: 'place-order', phase: 'forward', state: 'running', orderStatus: 'PENDING', rounds: 1 },
        ...{ startedAt: new Date().toISOString(), nextAttemptAt: new Date(Date.now() + SECOND).toISOString() },
        reason: 'no answer',
      },
    ]);
    expect(await listed('?state=stuck')).toMatchObject([
      { orderId: returned, saga: 'return-order', state: 'stuck', reason: 'NOT_TODAY: refused with NOT_TODAY' },
    ]);
    await operator('retry');
    expect(await listed('')).toMatchObject([{ orderId: id, nextAttemptAt: null }, { orderId: returned }]);
  });
});

describe('an operator, while a saga runs', () => {
  it('who retries it does not disturb it', async () => {
    const gate = new Gate();
    script({ 'reserve-stock': gate.back });
    const placing = process.ask('place-order', id);
    await world.pass(0);
    await operator('retry');
    await world.pass(2 * SECOND);
    gate.open();
    expect((await placing).status).toBe(201);
    expect(world.participants.names).toEqual(['reserve-stock', 'authorize-payment']);
    expect(await interventions()).toHaveLength(1);
    await world.expectCleanEnd(id);
  });

  it.each(['there', 'back'] as const)('who undoes a placing wins, whatever is on its way (%s)', async (way) => {
    const gate = new Gate();
    script({ 'authorize-payment': gate[way] });
    const placing = process.ask('place-order', id, { key: 'K' });
    await world.pass(0);
    expect((await operator('compensate')).status).toBe(200);
    await world.settled(id);
    gate.open();
    const answer = await placing;
    expect(answer.status).toBe(409);
    expect(bodyOf(answer).code).toBe('COMPENSATED');
    expect(await remembered('K')).toEqual(answer);
    expect((await world.order(id)).status).toBe('REJECTED');
    await world.expectCleanEnd(id);
  });

  it('who undoes a fulfilment wins; the waiting request is answered with the cancellation', async () => {
    id = await world.bring('CONFIRMED');
    const gate = new Gate();
    script({ 'book-shipment': gate.there });
    const fulfilling = process.ask('fulfil-order', id, { key: 'K' });
    await world.pass(0);
    await operator('compensate');
    await world.settled(id);
    gate.open();
    const answer = await fulfilling;
    expect(bodyOf(answer).code).toBe('ORDER_CANCELLED');
    expect(await remembered('K')).toEqual(answer);
    await world.expectCleanEnd(id);
  });

  it('who declares it settled ends it; the request is answered so, and never makes another order', async () => {
    const gate = new Gate();
    script({ 'authorize-payment': gate.back });
    const placing = process.ask('place-order', id, { key: 'K' });
    await world.pass(0);
    expect((await operator('resolve', 'paid in cash')).body.status).toBe('CONFIRMED');
    expect((await world.doc(id)).lease).toBeUndefined();
    gate.open();
    const answer = await placing;
    expect(answer.status).toBe(201);
    expect(await remembered('K')).toEqual(answer);
    expect(bodyOf(await process.ask('place-order', world.newOrderId(), { key: 'K' })).id).toBe(id);
    expect((await world.types(id)).slice(-3)).toEqual(['saga.intervened', 'order.status-changed', 'saga.done']);
    expect(world.errors).toEqual([]);
  });
});

describe('an operator', () => {
  it.each(['retry', 'compensate', 'resolve'])('cannot %s where there is no saga', async (action) => {
    const none = await operator(action, 'note');
    expect(none).toMatchObject({ status: 404, body: { code: 'ORDER_NOT_FOUND' } });
    await process.ask('place-order', id);
    expect(await operator(action, 'note')).toMatchObject({ status: 409, body: { code: 'NO_SAGA' } });
  });

  it('closes breakers, all or one', async () => {
    const { payment, shipping } = http.clients;
    const states = (body: { breakers: { name: string; state: string }[] }) =>
      Object.fromEntries(body.breakers.map(({ name, state }) => [name, state]));
    for (const { breaker } of [payment, shipping]) breaker.open();
    expect(states((await http.get('/orders/circuit-breaker/status')).body)).toEqual({
      ...{ inventory: 'CLOSED', payment: 'OPEN', shipping: 'OPEN' },
    });
    expect(states((await http.post('/circuit-breaker/reset', { name: 'payment' })).body)).toMatchObject({
      ...{ payment: 'CLOSED', shipping: 'OPEN' },
    });
    expect(states((await http.post('/circuit-breaker/reset', {})).body).shipping).toBe('CLOSED');
    expect(await http.post('/circuit-breaker/reset', { name: 'weather' })).toMatchObject({
      ...{ status: 404, body: { code: 'BREAKER_NOT_FOUND' } },
    });
  });
});
