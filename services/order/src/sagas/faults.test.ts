import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OrderStatus } from '@oms/shared/contracts/order';
import { bodyOf, MINUTE, OrderWorld, requestWith, SECOND } from '../../test/order-world.ts';
import {
  type Behaviour,
  done,
  Gate,
  inTurn,
  lost,
  refused,
  retried,
  unanswered,
  unsent,
} from '../../test/scripted-participants.ts';
import type { SagaName } from '../domain/events.ts';
import { sagas } from './all.ts';
import type { Saga } from './saga.ts';

/** Every fault at every step of every saga, made from the sagas' own data: a new step is covered as soon as it is there. */

interface Fault {
  script: (step: string, world: OrderWorld, gate: Gate) => Record<string, Behaviour>;
  /** What the step comes to in the end, whoever runs it. */
  comes?: keyof typeof OUTCOMES;
  /** Another runner takes over while it goes forward, and knows only that anything may have happened. */
  interrupted?: boolean;
  /** What becomes of the runner once the gate is reached; if it sleeps, it wakes when others have done its work. */
  runner?: 'sleeps' | 'is stopped';
}

const OUTCOMES = { done: 0, refused: 1, 'unknown once': 2, 'unknown for good': 3 };

/** What the order is then said to be: from the contract, and from nothing that the sagas say of themselves. */
// biome-ignore format: a table
const ENDS: Record<string, readonly OrderStatus[]> = {
  //                    done         refused      unknown once unknown for good
  'reserve-stock':     ['CONFIRMED', 'REJECTED',  'CONFIRMED', 'REJECTED'],
  'authorize-payment': ['CONFIRMED', 'REJECTED',  'REJECTED',  'REJECTED'],
  'book-shipment':     ['SHIPPED',   'CONFIRMED', 'SHIPPED',   'SHIPPED'],
  'capture-payment':   ['SHIPPED',   'CONFIRMED', 'SHIPPED',   'SHIPPED'],
  'commit-stock':      ['SHIPPED',   'SHIPPED',   'SHIPPED',   'SHIPPED'],
  'cancel-shipment':   ['CANCELLED', 'CANCELLED', 'CANCELLED', 'CANCELLED'],
  'give-back-payment': ['CANCELLED', 'CANCELLED', 'CANCELLED', 'CANCELLED'],
  'release-stock':     ['CANCELLED', 'CANCELLED', 'CANCELLED', 'CANCELLED'],
  'refund-payment':    ['RETURNED',  'RETURNED',  'RETURNED',  'RETURNED'],
  'restock':           ['RETURNED',  'RETURNED',  'RETURNED',  'RETURNED'],
  'refund-money':      ['DELIVERED', 'DELIVERED', 'DELIVERED', 'DELIVERED'],
};
const fails = (step: string, comes: keyof typeof OUTCOMES) => ENDS[step]?.[OUTCOMES[comes]] !== ENDS[step]?.[0];

const at =
  (...turns: Behaviour[]): Fault['script'] =>
  (step) => ({ [step]: inTurn(...turns) });
/** The step is refused after a retry, and undone like this. */
const undoneBy =
  (undo: (world: OrderWorld, gate: Gate) => Behaviour): Fault['script'] =>
  (step, world, gate) => ({ [step]: retried(refused), [`undo-${step}`]: undo(world, gate) });
/** Longer than any patience, and than it takes until an operator is told. */
const forLong = (behaviour: Behaviour): Behaviour => {
  let since: number | undefined;
  return (call) => {
    since ??= Date.now();
    return (Date.now() - since < 20 * MINUTE ? behaviour : done)(call);
  };
};
const failingWrite =
  (world: OrderWorld, fails: 'before' | 'after', behaviour: Behaviour = done): Behaviour =>
  (call) => {
    world.store.failing = fails;
    return behaviour(call);
  };

const GOING_FORWARD: Record<string, Fault> = {
  'is done': { script: at(done) },
  'is refused': { script: at(refused), comes: 'refused' },
  'is refused after a retry': { script: at(retried(refused)), comes: 'refused' },
  'is refused after a retry with a long pause': { script: at(retried(refused, { waitMs: 1_500 })), comes: 'refused' },
  'is refused after a retry of what was never sent': {
    script: at(retried(refused, { mayHaveHappened: false })),
    comes: 'refused',
  },
  'is unknown, then refused': { script: at(lost, refused), comes: 'refused' },
  'is unknown once: lost on its way': { script: at(lost), comes: 'unknown once' },
  'is unknown once: its answer lost': { script: at(unanswered), comes: 'unknown once' },
  'is unknown once: never sent': { script: at(unsent), comes: 'unknown once' },
  'is unknown for good: lost on its way': { script: (step) => ({ [step]: forLong(lost) }), comes: 'unknown for good' },
  'is unknown for good: its answers lost': {
    script: (step) => ({ [step]: forLong(unanswered) }),
    comes: 'unknown for good',
  },
  'is unknown for good: never sent': { script: (step) => ({ [step]: forLong(unsent) }), comes: 'unknown for good' },
  'is on its way while its runner sleeps': {
    script: (step, _world, gate) => ({ [step]: inTurn(gate.there) }),
    interrupted: true,
    runner: 'sleeps',
  },
  'is on its way while its runner sleeps, and refused to the next': {
    script: (step, _world, gate) => ({ [step]: inTurn(gate.there, refused) }),
    comes: 'refused',
    interrupted: true,
    runner: 'sleeps',
  },
  'is answered while its runner sleeps': {
    script: (step, _world, gate) => ({ [step]: inTurn(gate.back) }),
    interrupted: true,
    runner: 'sleeps',
  },
  'is on its way when its runner is stopped': {
    script: (step, _world, gate) => ({ [step]: inTurn(gate.there) }),
    interrupted: true,
    runner: 'is stopped',
  },
  'is on its way when its runner is stopped, and refused to the next': {
    script: (step, _world, gate) => ({ [step]: inTurn(gate.there, refused) }),
    comes: 'refused',
    interrupted: true,
    runner: 'is stopped',
  },
  'is answered when its runner is stopped': {
    script: (step, _world, gate) => ({ [step]: inTurn(gate.back) }),
    interrupted: true,
    runner: 'is stopped',
  },
  'is done, but the next write fails': {
    script: (step, world) => ({ [step]: inTurn(failingWrite(world, 'before')) }),
    interrupted: true,
  },
  'is done, and the next write only seems to fail': {
    script: (step, world) => ({ [step]: inTurn(failingWrite(world, 'after')) }),
    interrupted: true,
  },
  'is refused, but the next write fails': {
    script: (step, world) => ({ [step]: inTurn(failingWrite(world, 'before', retried(refused)), refused) }),
    comes: 'refused',
    interrupted: true,
  },
  'is refused, and the next write only seems to fail': {
    script: (step, world) => ({ [step]: inTurn(failingWrite(world, 'after', retried(refused)), refused) }),
    comes: 'refused',
  },
};

const GOING_BACK: Record<string, Fault> = {
  'is unknown once': { script: undoneBy(() => inTurn(lost)) },
  'is unknown four times': { script: undoneBy(() => inTurn(lost, unanswered, unsent, lost)) },
  'is unknown for long': { script: undoneBy(() => forLong(lost)) },
  'is refused twice': { script: undoneBy(() => inTurn(refused, refused)) },
  'is unknown after a retry with a long pause': { script: undoneBy(() => inTurn(retried(lost, { waitMs: 1_500 }))) },
  'is on its way while its runner sleeps': { script: undoneBy((_world, { there }) => inTurn(there)), runner: 'sleeps' },
  'is answered while its runner sleeps': { script: undoneBy((_world, { back }) => inTurn(back)), runner: 'sleeps' },
  'is on its way when its runner is stopped': {
    script: undoneBy((_world, { there }) => inTurn(there)),
    runner: 'is stopped',
  },
  'is done, but the next write fails': { script: undoneBy((world) => inTurn(failingWrite(world, 'before'))) },
  'is done, and the next write only seems to fail': {
    script: undoneBy((world) => inTurn(failingWrite(world, 'after'))),
  },
};
for (const fault of Object.values(GOING_BACK)) fault.comes = 'refused';

const START: Record<SagaName, (world: OrderWorld) => Promise<string>> = {
  'place-order': async (world) => world.newOrderId(),
  'fulfil-order': (world) => world.bring('CONFIRMED'),
  'cancel-order': (world) => world.bring('CONFIRMED, its fulfilment undone'),
  'return-order': (world) => world.bring('DELIVERED'),
  'refund-order': (world) => world.bring('DELIVERED'),
};

const rows = (faults: Record<string, Fault>) => Object.entries(faults);

let world: OrderWorld;
beforeEach(() => {
  world = new OrderWorld();
});
afterEach(() => world.end());

describe.each(Object.values(sagas))('when in $name', (saga) => {
  describe.each(saga.steps.map(({ name }) => name))('%s', (step) => {
    it.each(rows(GOING_FORWARD))('%s, all ends well', (_fault, fault) => endsWell(saga, step, fault));
  });
  const undone = saga.steps.filter(({ name, undo }) => undo && fails(name, 'refused'));
  if (undone.length === 0) return;
  describe.each(undone.map(({ name }) => name))('the undoing of %s', (step) => {
    it.each(rows(GOING_BACK))('%s, all ends well', (_fault, fault) => endsWell(saga, step, fault));
  });
});

async function endsWell(
  saga: Saga,
  step: string,
  { script, comes = 'done', interrupted, runner }: Fault,
): Promise<void> {
  const { participants, store } = world;
  const id = await START[saga.name](world);
  const gate = new Gate();
  participants.script = script(step, world, gate);
  const first = world.process({ frozen: runner === 'sleeps' });
  world.process();

  const answering = first.ask(saga.name, id, { key: 'K' });
  await world.pass(0);
  expect(gate.reached).toBe(runner !== undefined);
  if (runner === 'is stopped') await world.soon(first.dispatcher.stop(SECOND));
  const answer = await world.soon(answering);
  await world.settled(id);
  gate.open();
  await world.pass(SECOND);

  const { status } = await world.order(id);
  expect(status).toBe(ENDS[step]?.[OUTCOMES[comes]]);
  await world.expectCleanEnd(id);

  const undone = fails(step, comes);
  if (answer.status !== 202) expect(answer.status >= 400).toBe(undone);
  if (answer.status < 202) expect(bodyOf(answer).status).toBe(status);

  const called = [...new Set(participants.names)];
  const undos = called.filter((name) => name.startsWith('undo-'));
  const undoable = saga.steps.filter(({ undo }) => undo).map(({ name }) => `undo-${name}`);
  const reached = called.filter((name) => participants.mayHaveHappened.has(name)).map((name) => `undo-${name}`);
  const due = undone ? reached.filter((name) => undoable.includes(name)).reverse() : [];
  // Who takes over a saga does not know how far it came.
  expect(undone && interrupted ? undos.filter((name) => due.includes(name)) : undos).toEqual(due);
  expect([...saga.steps.map(({ name }) => name), ...undoable]).toEqual(expect.arrayContaining(called));

  expect(store.writes.filter(({ settles }) => settles === 'K')).toHaveLength(1);
  const again = await store.write([], requestWith('K').request, () => ({}));
  if (answer.status >= 500) expect(again.replayed).toBe(false);
  else expect({ ...again.answer }).toEqual(answer);
}
