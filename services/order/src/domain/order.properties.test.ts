import { describe, expect, it, jest } from '@jest/globals';
import type { OrderStatus } from '@oms/shared/contracts/order';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { decimalsOf, MOST_CENTS, toAmount, toCents } from '@oms/shared/money';
import fc from 'fast-check';
import { answers } from '../../test/bare-answers.ts';
import { ADDRESS, CART, OrderWorld, placing, SECOND, TRACE } from '../../test/order-world.ts';
import {
  type Behaviour,
  done,
  inTurn,
  lost,
  refused,
  retried,
  unanswered,
  unsent,
} from '../../test/scripted-participants.ts';
import type { OrderDoc } from '../book/order-book.ts';
import { sagas } from '../sagas/all.ts';
import * as commands from './commands.ts';
import type { OrderEvent } from './events.ts';
import { type Order, rebuild } from './order.ts';
import { deliver } from './parcel.ts';

jest.setTimeout(120_000);

const MAY_FOLLOW: Record<OrderStatus, readonly OrderStatus[]> = {
  PENDING: ['CONFIRMED', 'AWAITING_CONFIRMATION', 'REJECTED', 'CANCELLING'],
  AWAITING_CONFIRMATION: ['CONFIRMED', 'CANCELLING'],
  CONFIRMED: ['PROCESSING', 'SHIPPED', 'CANCELLING'],
  PROCESSING: ['SHIPPED', 'CANCELLING'],
  PARTIALLY_SHIPPED: ['SHIPPED', 'DELIVERED', 'PARTIALLY_RETURNED'],
  SHIPPED: ['DELIVERED', 'RETURNED'],
  DELIVERED: ['RETURNED'],
  PARTIALLY_RETURNED: ['RETURNED'],
  CANCELLING: ['CANCELLED'],
  REJECTED: [],
  CANCELLED: [],
  RETURNED: [],
};

const SAGAS = { fulfil: 'fulfil-order', cancel: 'cancel-order', return: 'return-order' } as const;
const PLAIN = {
  confirm: commands.confirm,
  process: commands.process,
  deliver: (order: Order) =>
    deliver(order, [{ shipmentId: order.shipment?.id ?? 'S1', status: 'DELIVERED', sequence: 9 }]),
  move: (order: Order) => commands.changeAddress(order, { ...ADDRESS, zip: String(order.version) }, 20),
};
type Command = keyof typeof SAGAS | keyof typeof PLAIN;
/** Few orders would come far, and few be cancelled on their way, if all were wanted as often. */
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('fulfil' as const) },
  { weight: 2, arbitrary: fc.constantFrom('cancel' as const, 'deliver' as const) },
  fc.constantFrom('return' as const, 'confirm' as const, 'process' as const, 'move' as const),
);

const BEHAVIOURS = { done, refused, lost, unanswered, unsent, again: retried(done), never: retried(refused) };
const behaviours = fc.array(fc.constantFrom(...(Object.keys(BEHAVIOURS) as (keyof typeof BEHAVIOURS)[])), {
  maxLength: 3,
});
const CALLS = Object.values(sagas).flatMap(({ steps }) =>
  steps.flatMap(({ name, undo }) => (undo ? [name, `undo-${name}`] : [name])),
);

const life = fc.record({
  autoConfirm: fc.boolean(),
  wishes: fc.array(fc.record({ command, process: fc.nat(1), beforeMs: fc.constantFrom(0, 0, SECOND, 40 * SECOND) }), {
    maxLength: 8,
  }),
  script: fc.record(Object.fromEntries(CALLS.map((name) => [name, behaviours]))),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

/** Lives through it with the real runner, and tells how the order stands then and what happened to it. */
async function live({ autoConfirm, wishes, script }: Life) {
  const world = new OrderWorld();
  try {
    const id = world.newOrderId();
    for (const name in script) {
      const turns = (script[name] as (keyof typeof BEHAVIOURS)[]).map((one) => BEHAVIOURS[one] as Behaviour);
      world.participants.script[name] = inTurn(...turns);
    }
    const processes = [world.process(), world.process()];
    const asked: Promise<unknown>[] = [];
    const ask = (wanted: Promise<unknown>) =>
      asked.push(
        wanted.catch((error) => {
          if (!(error instanceof Refusal || error instanceof Unavailable)) throw error;
        }),
      );
    ask((processes[0] as (typeof processes)[0]).ask('place-order', id, { command: placing(id, { autoConfirm }) }));
    await world.pass(0);
    for (const { command, process, beforeMs } of wishes) {
      await world.pass(beforeMs);
      if (command in SAGAS) {
        ask((processes[process] as (typeof processes)[0]).ask(SAGAS[command as keyof typeof SAGAS], id));
      } else {
        const decide = PLAIN[command as keyof typeof PLAIN];
        ask(world.book.decide({ traceId: TRACE }, id, (doc) => ({ events: decide((doc as OrderDoc).order) })));
      }
    }
    await world.soon(Promise.all(asked));
    await world.settled(id);
    await world.expectCleanEnd(id);
    return { order: await world.order(id), events: await world.events(id) };
  } finally {
    await world.end();
  }
}

const always = (check: (lived: { order: Order; events: OrderEvent[] }) => void) =>
  fc.assert(
    fc.asyncProperty(life, async (one) => check(await live(one))),
    { numRuns: 150 },
  );

const states = (events: OrderEvent[]) => events.map((_, i) => rebuild(events.slice(0, i + 1)) as Order);

describe('an order, after any commands and any outcomes of calls', () => {
  it('is what its events say, at every moment, and when they are read back', () =>
    always(({ order, events }) => {
      expect(rebuild(JSON.parse(JSON.stringify(events)))).toEqual(order);
      expect(states(events).map(({ version }) => version)).toEqual(events.map((_, i) => i + 1));
    }));

  it('goes only from a status to one that may follow', () =>
    always(({ events }) => {
      const statuses = states(events).map(({ status }) => status);
      for (const [i, status] of statuses.slice(1).entries()) {
        const before = statuses[i] as OrderStatus;
        if (status !== before) expect(MAY_FOLLOW[before]).toContain(status);
      }
    }));

  it('is in a passing status only with a saga, and needs attention only with one', () =>
    always(({ events }) => {
      for (const { status, saga, needsAttention } of states(events)) {
        if (status === 'PENDING') expect(saga?.name).toBe('place-order');
        // The saga begins in the same write, one event later.
        if (saga?.name === 'cancel-order') expect(['CANCELLING', 'CANCELLED']).toContain(status);
        if (needsAttention) expect(saga).toBeDefined();
      }
    }));

  it('is not cancelled any more once its fulfilment has passed the pivot', () =>
    always(({ events }) => {
      for (const [i, { saga }] of states(events).entries()) {
        if (saga?.pivotPassed) expect(events[i + 1]).not.toMatchObject({ data: { newStatus: 'CANCELLING' } });
      }
    }));

  it('passes each step of a saga once', () =>
    always(({ events }) => {
      for (const { saga } of states(events)) {
        const done = saga?.done ?? [];
        expect(new Set(done).size).toBe(done.length);
      }
    }));
});

describe('the total of an order', () => {
  const item = fc.record({
    productId: fc.constantFrom('A', 'B'),
    quantity: fc.integer({ min: 1, max: 100_000 }),
    cents: fc.option(fc.integer({ min: 0, max: MOST_CENTS.price }), { nil: undefined, freq: 9 }),
  });
  const currencies = fc.constantFrom('USD', 'JPY', 'KWD', 'UYW');

  it('is the sum of its lines that have a price, to the last unit of its currency, inside and in every answer', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 100 }), currencies, (lines, currency) => {
        const decimals = decimalsOf(currency);
        const items = lines.map(({ cents, ...line }) => ({
          ...line,
          price: cents === undefined ? cents : toAmount(cents, decimals),
        }));
        const [placed] = commands.place('O', { ...CART, currency, items }, 0, { deadlineMs: 1, holdMs: 1 });
        const order = rebuild([{ ...placed, at: 0, traceId: '' } as OrderEvent]) as Order;
        const exact = lines.reduce((sum, one) => sum + BigInt(one.quantity) * BigInt(one.cents ?? 0), 0n);
        expect(BigInt(order.totalCents)).toBe(exact);
        const answer = JSON.parse(JSON.stringify(answers.render(order))) as ReturnType<typeof answers.render>;
        expect(BigInt(toCents(answer.total, decimals))).toBe(exact);
        const added = answer.items.reduce((sum, { lineTotal = 0 }) => sum + BigInt(toCents(lineTotal, decimals)), 0n);
        expect(added).toBe(exact);
      }),
    );
  });
});
