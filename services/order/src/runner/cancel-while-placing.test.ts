import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bodyOf, OrderWorld, requestWith, SECOND } from '../../test/order-world.ts';
import { type Behaviour, done, Gate, inTurn, lost, unanswered, unsent } from '../../test/scripted-participants.ts';

/** A customer changes their mind while the order is being placed: whenever that is, nothing is left of it. */

let world: OrderWorld;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  id = world.newOrderId();
});
afterEach(() => world.end());

const POINTS: Record<string, (gate: Gate) => Record<string, Behaviour>> = {
  'before the reservation arrives': ({ there }) => ({ 'reserve-stock': there }),
  'before the reservation is answered': ({ back }) => ({ 'reserve-stock': back }),
  'before the authorization arrives': ({ there }) => ({ 'authorize-payment': there }),
  'before the authorization is answered': ({ back }) => ({ 'authorize-payment': back }),
};

describe.each(['the same process', 'another process'])('a cancellation by %s', (by) => {
  describe.each(Object.entries(POINTS))('%s', (_point, script) => {
    it.each(['first', 'last'])('ends cancelled when the call that it overtakes ends %s', async (overtaken) => {
      const gate = new Gate();
      world.participants.script = script(gate);
      const placing = world.process();
      const cancelling = by === 'the same process' ? placing : world.process();
      const placed = placing.ask('place-order', id, { key: 'P' });
      await world.pass(0);
      expect(gate.reached).toBe(true);

      if (overtaken === 'first') setTimeout(gate.open);
      const cancelled = await world.soon(cancelling.ask('cancel-order', id, { key: 'C' }));
      expect(bodyOf(cancelled)).toMatchObject({ id, status: 'CANCELLED' });
      expect(cancelled.status).toBe(200);
      gate.open();
      await expectToldOfIt(await world.soon(placed));
    });
  });

  it('between the calls ends cancelled', async () => {
    const placing = world.process();
    const cancelling = by === 'the same process' ? placing : world.process();
    let cancelled: ReturnType<typeof cancelling.ask> | undefined;
    world.participants.script = {
      'reserve-stock': (call) => {
        cancelled = cancelling.ask('cancel-order', id);
        return done(call);
      },
    };
    const placed = await placing.ask('place-order', id, { key: 'P' });
    expect((await cancelled)?.status).toBe(200);
    await expectToldOfIt(placed);
  });

  it.each([unsent, lost, unanswered])('while it waits for the stock ends cancelled (%#)', async (fault) => {
    world.participants.script = { 'reserve-stock': inTurn(fault) };
    const placing = world.process();
    const cancelling = by === 'the same process' ? placing : world.process();
    expect((await placing.ask('place-order', id, { key: 'P' })).status).toBe(202);
    expect((await cancelling.ask('cancel-order', id)).status).toBe(200);
    await world.pass(5 * SECOND);
    expect(world.participants.names.filter((name) => name === 'reserve-stock')).toHaveLength(1);
    await world.expectCleanEnd(id);
  });

  it('after the end is a cancellation like any other', async () => {
    const placing = world.process();
    const cancelling = by === 'the same process' ? placing : world.process();
    expect((await placing.ask('place-order', id)).status).toBe(201);
    expect((await cancelling.ask('cancel-order', id)).status).toBe(200);
    expect((await world.order(id)).status).toBe('CANCELLED');
    await world.expectCleanEnd(id);
  });
});

/** Whoever placed the order hears of the cancellation, now and whenever they ask again. */
async function expectToldOfIt(placed: Awaited<ReturnType<ReturnType<OrderWorld['process']>['ask']>>): Promise<void> {
  expect(placed.status).toBe(409);
  expect(bodyOf(placed)).toMatchObject({ code: 'ORDER_CANCELLED', orderId: id });
  expect((await world.store.write([], requestWith('P').request, () => ({}))).answer).toEqual(placed);
  expect((await world.order(id)).status).toBe('CANCELLED');
  expect(world.errors).toEqual([]);
  await world.expectCleanEnd(id);
}
