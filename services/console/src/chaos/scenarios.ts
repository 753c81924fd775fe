import { oms, randomId } from '../data/api.ts';
import { system } from '../data/live.ts';
import type { Scenario, Stage } from './stage.ts';

const MINUTE_MS = 60_000;
const OUTAGE_MS = 10_000;
const breakerTo = (service: string) => system.value?.services.order?.breakers[service];
const PICTURE = ['#/live', 'the picture'] as const;

const paymentOutage: Scenario = {
  name: 'payment-outage',
  title: 'Payment outage',
  story: 'The payment service fails every request.',
  expect: [
    'Orders are rejected with a friendly text, and their stock is given back.',
    'After some failures the breaker opens: orders are refused at once.',
    'Payment is mended. After 30 s the breaker lets a probe through, and closes after two successes.',
  ],
  watch: [PICTURE, ['#/orders?status=REJECTED', 'the rejected orders'], ['#/inventory', 'the stock']],
  async run(stage: Stage) {
    await stage.disturb('payment', { failureRate: 1, ttlSeconds: 60 });
    stage.note('Payment fails. Eight orders are placed.');
    const placed = await Promise.all(Array.from({ length: 8 }, () => stage.order()));
    const refused = placed.flatMap(({ problem }) => problem?.problem.orderId ?? []);
    const unavailable = placed.filter(({ problem }) => problem?.code === 'PAYMENT_UNAVAILABLE');
    stage.check(
      unavailable.length === placed.length,
      `${unavailable.length} of 8 orders are rejected: payment unavailable`,
    );
    await stage.until('The breaker to payment is open', MINUTE_MS / 2, () => breakerTo('payment') === 'OPEN');
    await stage.until('The stock of all of them is given back', MINUTE_MS / 2, () => allReleased(refused));
    stage.note('Payment stays down for a while longer, so that you can look around.');
    await stage.linger(OUTAGE_MS);
    await stage.calm('payment');
    stage.note('Payment works again. The breaker waits 30 s before it lets a probe through.');
    await stage.until('The breaker lets a probe through', MINUTE_MS, () => breakerTo('payment') !== 'OPEN');
    await stage.until(
      'An order is confirmed again',
      MINUTE_MS,
      async () => (await stage.order()).order?.status === 'CONFIRMED',
    );
    await stage.until('The breaker is closed', MINUTE_MS, async () => {
      if (breakerTo('payment') !== 'CLOSED') await stage.order();
      return breakerTo('payment') === 'CLOSED';
    });
    await stage.booksBalance();
  },
};

const slowInventory: Scenario = {
  name: 'slow-inventory',
  title: 'Slow inventory',
  story: 'Inventory takes 4 s for every answer; nobody waits longer than 3.',
  expect: [
    'Orders are accepted all the same: 202, pending, stock is being confirmed.',
    'Once inventory is quick again they are confirmed by themselves.',
    'What was reserved by answers that came too late is not reserved twice.',
  ],
  watch: [PICTURE, ['#/orders?status=PENDING', 'the pending orders']],
  async run(stage: Stage) {
    await stage.disturb('inventory', { latencyMs: 4_000, ttlSeconds: 60 });
    stage.note('Inventory is slow. Three orders are placed; each is answered after 10 s at the latest.');
    const placed = await Promise.all([1, 2, 3].map(() => stage.order()));
    const ids = placed.flatMap(({ order }) => (order ? [order.id] : []));
    const pending = placed.filter(({ order }) => order?.status === 'PENDING');
    stage.check(pending.length === 3, `${pending.length} of 3 orders are accepted, and pending`);
    await stage.calm('inventory');
    stage.note('Inventory is quick again.');
    await stage.until('All of them are confirmed by themselves', 2 * MINUTE_MS, async () =>
      (await Promise.all(ids.map((id) => oms().orders.get(id)))).every(({ status }) => status === 'CONFIRMED'),
    );
    await stage.booksBalance();
  },
};

const lostAnswers: Scenario = {
  name: 'lost-answers',
  title: 'Lost answers',
  story: 'Payment and inventory do what they are asked, but three of ten answers are lost on the way.',
  expect: [
    'The order service asks again with the same key, and is given the first answer.',
    'Nobody is charged twice, nothing is reserved twice.',
  ],
  watch: [
    ['#/orders', 'the orders, and the attempts in their timelines'],
    ['#/audit', 'the books'],
  ],
  async run(stage: Stage) {
    await stage.disturb('payment', { dropRate: 0.3, ttlSeconds: 60 });
    await stage.disturb('inventory', { dropRate: 0.3, ttlSeconds: 60 });
    stage.note('Answers are lost. Twenty orders are placed.');
    const { outcomes } = await stage.orders(20, 3);
    await stage.calm('payment');
    await stage.calm('inventory');
    const through = (outcomes.CONFIRMED ?? 0) + (outcomes.PENDING ?? 0);
    stage.check(through > 0, `${through} of 20 orders got through all the same`);
    await stage.booksBalance();
  },
};

const STOCK = 10;
const BUYERS = 40;

const flashSale: Scenario = {
  name: 'flash-sale',
  title: 'Flash sale of the last units',
  story: `${BUYERS} customers want one each of something of which there are ${STOCK}.`,
  expect: [
    `Exactly ${STOCK} orders are confirmed; the others are told that it is out of stock.`,
    'Nothing is oversold.',
  ],
  watch: [
    ['#/inventory', 'the stock'],
    ['#/orders', 'the orders'],
  ],
  async run(stage: Stage) {
    const productId = `FLASH-${randomId().slice(0, 5)}`;
    await oms().products.create({ id: productId, name: 'Flash sale', price: 19.9 });
    await oms().inventory.add(productId, { quantity: STOCK });
    stage.note(`${STOCK} of ${productId} are there. ${BUYERS} customers order at once.`);
    const { outcomes } = await stage.orders(BUYERS, BUYERS, { items: [{ productId, quantity: 1 }] });
    stage.check(outcomes.CONFIRMED === STOCK, `${outcomes.CONFIRMED ?? 0} orders are confirmed`);
    stage.check(outcomes.OUT_OF_STOCK === BUYERS - STOCK, `${outcomes.OUT_OF_STOCK ?? 0} are out of stock`);
    const { available } = await oms().inventory.get(productId);
    stage.check(available === 0, `${available} are left`);
    await stage.booksBalance();
  },
};

async function allReleased(orderIds: readonly string[]): Promise<boolean> {
  return (await Promise.all(orderIds.map((id) => oms().inventory.reservation(id)))).every(
    ({ status }) => status === 'RELEASED',
  );
}

export const SCENARIOS: readonly Scenario[] = [paymentOutage, slowInventory, lostAnswers, flashSale];
