import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cart } from '@oms/shared/contracts/order';
import { OrderWorld, placing } from '../../test/order-world.ts';
import type { Behaviour } from '../../test/scripted-participants.ts';
import * as commands from '../domain/commands.ts';
import type { Decided, SagaName } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';

let world: OrderWorld;
let ask: ReturnType<OrderWorld['process']>['ask'];
beforeEach(() => {
  world = new OrderWorld();
  ask = world.process().ask;
});
afterEach(() => world.end());

/** What was moved, by movement, and what is open. */
async function money(currency = 'USD'): Promise<Record<string, number>> {
  const text = await world.metrics.registry.metrics();
  const moved = text.matchAll(/^orders_money_(?:total\{movement="(\w+)",|(open)\{)currency="(\w+)".*\} (.+)$/gm);
  const all = [...moved].filter(([, , , of]) => of === currency);
  return Object.fromEntries(all.map(([, movement, open, , amount]) => [movement ?? open, Number(amount)]));
}

const place = async (change: Partial<Cart> = {}): Promise<string> => {
  const id = world.newOrderId();
  await ask('place-order', id, { command: placing(id, change) });
  return id;
};
const does = (saga: SagaName, id: string, decide: (order: Order) => readonly Decided[]) =>
  ask(saga, id, { command: (order) => ({ events: decide(order as Order) }) });

describe('the money of an order as a whole', () => {
  it('is open once it is confirmed, captured when it ships, and refunded when it comes back', async () => {
    await world.bring('DELIVERED');
    expect(await money()).toEqual({ captured: 20, open: 0 });
    await ask('return-order', await world.bring('DELIVERED'));
    expect(await money()).toEqual({ captured: 40, refunded: 20, open: 0 });
  });

  it('is released when it is cancelled, and open until then', async () => {
    const id = await place({ currency: 'KWD' });
    expect(await money('KWD')).toEqual({ open: 20 });
    await ask('cancel-order', id);
    expect(await money('KWD')).toEqual({ open: 0 });
  });
});

describe('the money of an order in parts', () => {
  const of = (quantity: number) => [{ lineId: '1', quantity }];

  it('is captured with each parcel, and released with what is cancelled: nothing stays open', async () => {
    const id = await place({ charges: [{ kind: 'SHIPPING', amount: 5 }] });
    await does('cancel-order', id, (order) => commands.startCancelling(order, undefined, of(1)));
    expect(await money()).toEqual({ open: 15 });
    await does('fulfil-order', id, (order) => commands.startFulfilling(order, {}));
    expect(await money()).toEqual({ captured: 15, open: 0 });
    await does('refund-order', id, (order) => commands.startRefunding(order, 250, 'late'));
    expect(await money()).toMatchObject({ captured: 15, refunded: 2.5, open: 0 });
  });

  it('is released as a whole with what is left of it', async () => {
    const id = await place({ charges: [{ kind: 'DISCOUNT', amount: 1 }] });
    await does('cancel-order', id, (order) => commands.startCancelling(order, undefined, of(1)));
    await does('cancel-order', id, (order) => commands.startCancelling(order, undefined));
    expect(await money()).toEqual({ open: 0 });
  });

  it('is refunded, not released, where all of it is captured with the first parcel', async () => {
    const once: Behaviour = (call) => {
      const outcome = call.carryOut();
      return outcome.kind === 'done'
        ? { ...outcome, data: { payment: { id: 'P1', status: 'ANY', capturesOnce: true } } }
        : outcome;
    };
    world.participants.script = { 'authorize-payment': once, 'capture-payment': once, 'give-back-payment': once };
    const id = await place();
    await does('fulfil-order', id, (order) => commands.startFulfilling(order, { items: of(1) }));
    expect(await money()).toEqual({ captured: 20, open: 0 });
    await does('cancel-order', id, (order) => commands.startCancelling(order, undefined));
    expect(await money()).toEqual({ captured: 20, refunded: 10, open: 0 });
  });
});
