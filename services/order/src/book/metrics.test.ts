import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MINUTE, OrderWorld, placing, SECOND } from '../../test/order-world.ts';
import { inTurn, refused, unsent } from '../../test/scripted-participants.ts';

let world: OrderWorld;
beforeEach(() => {
  world = new OrderWorld();
});
afterEach(() => world.end());

/** The lines of one metric, without the service's name, and of a histogram the count alone. */
const lines = async (name: string) => {
  const text = await world.metrics.registry.metrics();
  const own = text.split('\n').filter((line) => line.startsWith(name) && !/_(bucket|sum)\{/.test(line));
  return own
    .map((line) =>
      line
        .replace(/service="order",?/, '')
        .replace(',}', '}')
        .replace('{}', ''),
    )
    .sort();
};

it('orders are counted by the statuses they reach, and timed until they are confirmed or rejected', async () => {
  const { ask } = world.process();
  await ask('place-order', world.newOrderId());
  world.participants.script = { 'authorize-payment': refused };
  await ask('place-order', world.newOrderId());
  expect(await lines('orders_total')).toEqual([
    'orders_total{status="CONFIRMED"} 1',
    'orders_total{status="PENDING"} 2',
    'orders_total{status="REJECTED"} 1',
  ]);
  expect(await lines('order_processing_duration_seconds')).toEqual(['order_processing_duration_seconds_count 2']);
});

it('steps are timed by outcome', async () => {
  world.participants.script = { 'reserve-stock': inTurn(unsent), 'authorize-payment': refused };
  const id = world.newOrderId();
  await world.process().ask('place-order', id);
  await world.settled(id);
  const steps = [
    'authorize-payment",outcome="refused',
    'reserve-stock",outcome="done',
    'reserve-stock",outcome="undone',
  ];
  expect(await lines('saga_step_duration_seconds')).toEqual(
    [...steps, 'reserve-stock",outcome="unknown'].map(
      (step) => `saga_step_duration_seconds_count{saga="place-order",step="${step}"} 1`,
    ),
  );
});

it('unfinished sagas are counted, and the oldest is known', async () => {
  expect(await lines('saga_oldest_unfinished_seconds')).toEqual(['saga_oldest_unfinished_seconds 0']);
  const returned = await world.bring('DELIVERED');
  world.participants.script = { 'reserve-stock': unsent, restock: refused };
  const { ask } = world.process();
  await ask('place-order', world.newOrderId());
  await world.pass(MINUTE);
  await ask('return-order', returned);
  await world.pass(SECOND);
  expect(await lines('sagas_unfinished')).toEqual([
    'sagas_unfinished{state="running"} 1',
    'sagas_unfinished{state="stuck"} 1',
  ]);
  expect(await lines('saga_oldest_unfinished_seconds')).toEqual(['saga_oldest_unfinished_seconds 61']);
});

it('the value of orders is added up by the statuses they reach', async () => {
  const { ask } = world.process();
  for (const currency of ['EUR', 'EUR', 'USD', 'QQQ']) {
    const id = world.newOrderId();
    await ask('place-order', id, { command: placing(id, { currency }) });
  }
  expect((await lines('orders_value_total')).filter((line) => line.includes('CONFIRMED'))).toEqual([
    'orders_value_total{status="CONFIRMED",currency="EUR"} 40',
    'orders_value_total{status="CONFIRMED",currency="USD"} 20',
    'orders_value_total{status="CONFIRMED",currency="other"} 20',
  ]);
});

it('rejected orders are counted by the code in the answer', async () => {
  const { ask } = world.process();
  for (const outcome of [refused, unsent, unsent]) {
    world.participants.script = { 'authorize-payment': outcome };
    await ask('place-order', world.newOrderId());
  }
  expect(await lines('orders_rejected_total')).toEqual([
    'orders_rejected_total{code="NOT_TODAY"} 1',
    'orders_rejected_total{code="PAYMENT_UNAVAILABLE"} 2',
  ]);
});

it('an order that is refused at once is counted as any other', async () => {
  const id = world.newOrderId();
  const failure = { code: 'PRICE_CHANGED', reason: 'It costs more.' };
  await world.process().ask('place-order', id, { command: placing(id, {}, failure) });
  expect(await lines('orders_total')).toEqual([
    'orders_total{status="PENDING"} 1',
    'orders_total{status="REJECTED"} 1',
  ]);
  expect(await lines('orders_rejected_total')).toEqual(['orders_rejected_total{code="PRICE_CHANGED"} 1']);
});

it('failed undos are counted apart', async () => {
  world.participants.script = { 'authorize-payment': refused, 'undo-reserve-stock': inTurn(unsent, unsent) };
  const id = world.newOrderId();
  await world.process().ask('place-order', id);
  await world.settled(id);
  const undos = (await lines('saga_step_duration_seconds')).filter((line) => line.includes('undo'));
  expect(undos).toEqual([
    'saga_step_duration_seconds_count{saga="place-order",step="reserve-stock",outcome="undo-failed"} 2',
    'saga_step_duration_seconds_count{saga="place-order",step="reserve-stock",outcome="undone"} 1',
  ]);
});

it('while the store cannot be reached, the counters of this process are shown all the same', async () => {
  await world.process().ask('place-order', world.newOrderId());
  world.store.count = world.store.list = async () => {
    throw new Error('unreachable');
  };
  expect(await lines('sagas_unfinished')).toEqual([]);
  expect(await lines('saga_oldest_unfinished_seconds')).toEqual([]);
  expect(await lines('orders_total')).toContain('orders_total{status="CONFIRMED"} 1');
});
