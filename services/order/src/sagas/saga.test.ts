import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { orderIn } from '../../test/order-history.ts';
import { bodyOf, LEASE_MS, MINUTE, OrderWorld, SECOND } from '../../test/order-world.ts';
import { Gate, inTurn, refused, unsent } from '../../test/scripted-participants.ts';
import { compensate } from '../domain/intervention.ts';
import { sagas } from './all.ts';
import { placeOrder } from './place-order.ts';
import { type Saga, type Step, undoableFor } from './saga.ts';

let world: OrderWorld;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  id = world.newOrderId();
});
afterEach(() => world.end());

const [reserve, authorize] = placeOrder.steps as [Step, Step];
const placedBy = (...steps: Step[]): Saga => ({ ...placeOrder, steps });
const process = (...steps: Step[]) => world.process({ sagas: { ...sagas, 'place-order': placedBy(...steps) } });
const undone = () => world.participants.names.filter((name) => name.startsWith('undo-'));

describe('a step that this order does not need', () => {
  const skipped: Step = {
    name: 'book-shipment',
    when: ({ carrier }) => carrier !== undefined,
    run: ({ shipping }) => shipping.book,
    undo: ({ shipping }) => shipping.cancel,
  };

  it('is not undone with the others', async () => {
    world.participants.script = { 'authorize-payment': refused };
    expect((await process(reserve, skipped, authorize).ask('place-order', id)).status).toBe(409);
    expect(undone()).toEqual(['undo-reserve-stock']);
  });

  it('is not undone either when a runner died, and any step may have happened', async () => {
    const gate = new Gate();
    world.participants.script = { 'authorize-payment': inTurn(gate.there, refused) };
    const first = process(reserve, skipped, authorize);
    const answering = first.ask('place-order', id);
    await world.pass(SECOND);
    await world.soon(first.dispatcher.stop(0));
    await answering;
    process(reserve, skipped, authorize);
    await world.pass(LEASE_MS + SECOND);
    await world.settled(id);
    expect(undone()).toEqual(['undo-authorize-payment', 'undo-reserve-stock']);
  });

  it('is not undone by an operator', () => {
    const [order, saga] = [orderIn('PENDING', 'place-order'), placedBy(reserve, skipped, authorize)];
    const decided = compensate(order, saga, undoableFor(order, saga), 'fraud');
    expect(decided[1]?.data).toMatchObject({ steps: ['authorize-payment', 'reserve-stock'] });
  });

  it('is skipped because of fields that no step changes', () => {
    // @ts-expect-error what the saga does would decide afterwards what it had done
    const changing: Step = { ...skipped, when: ({ reservation }) => reservation !== undefined };
    expect(changing.name).toBe(skipped.name);
  });
});

describe('a saga that leads to no status', () => {
  it('leaves the status as it was, and ends in `saga.done`', async () => {
    id = await world.bring('CONFIRMED');
    const quiet: Saga = { ...sagas['fulfil-order'], reaches: undefined };
    const { ask } = world.process({ sagas: { ...sagas, 'fulfil-order': quiet } });
    expect(bodyOf(await ask('fulfil-order', id)).status).toBe('CONFIRMED');
    expect((await world.types(id)).slice(-2)).toEqual(['saga.step-done', 'saga.done']);
    expect((await world.doc(id)).order.saga).toBeUndefined();
  });
});

describe('a step that is given up', () => {
  it('has something to tell the customer', () => {
    // @ts-expect-error when, without what is said then
    const silent: Step = { ...reserve, giveUp: { at: 'first-round' } };
    expect(silent.name).toBe(reserve.name);
  });

  it('pauses like any other when there is no way back', async () => {
    world.participants.script = { 'authorize-payment': unsent };
    process({ ...reserve, pivot: true }, authorize).ask('place-order', id);
    await world.pass(MINUTE);
    expect(world.participants.names.filter((name) => name === 'authorize-payment')).toHaveLength(8);
    expect((await world.order(id)).saga).toMatchObject({ phase: 'forward', rounds: 8 });
  });
});
