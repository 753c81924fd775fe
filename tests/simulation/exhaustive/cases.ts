import type { SagaName } from '@oms/order/dist/domain/events.js';
import { sagas } from '@oms/order/dist/sagas/all.js';
import { type Given, type Saga, stepsFor } from '@oms/order/dist/sagas/saga.js';
import { type Act, BEFALLS, refusedOnce, unknownToAll } from './befalls.ts';

/** Generated from the sagas' own data, so that a new step is covered automatically. */

/** One fault at one step of one saga. */
export interface Site {
  saga: SagaName;
  step: string;
  befall: string;
}

export interface Case {
  name: string;
  sites: readonly Site[];
  /** The last saga that the order must reach, so that all faults can happen. */
  upTo: SagaName;
  /** All sagas after the placing work on parts of the order. */
  inParts: boolean;
}

/** The sagas that an order needs before; a cancelled order is never returned, so these two exclude each other. */
const COMES_AFTER: Record<SagaName, readonly SagaName[]> = {
  'place-order': [],
  'fulfil-order': ['place-order'],
  'cancel-order': ['place-order', 'fulfil-order'],
  'return-order': ['place-order', 'fulfil-order'],
  'refund-order': ['place-order', 'fulfil-order'],
};

function sitesOf(saga: Saga, steps: readonly Saga['steps'][number][]): Site[] {
  const pivot = steps.findIndex((step) => step.pivot);
  const undoable = steps.filter(({ undo }, i) => undo && (pivot < 0 || i <= pivot));
  return steps.flatMap((step) =>
    Object.entries(BEFALLS)
      .filter(([, { undo }]) => !undo || undoable.includes(step))
      .map(([befall]) => ({ saga: saga.name, step: step.name, befall })),
  );
}

const allSites = (): Site[] => Object.values(sagas).flatMap((saga) => sitesOf(saga, saga.steps));

/** What a saga needs for a part that is worth something. */
const A_PART = { carrier: 'STANDARD', saga: { part: { cents: 1 } } } as Given;
const sitesInParts = (): Site[] =>
  Object.values(sagas).flatMap((saga) => (saga.name === 'place-order' ? [] : sitesOf(saga, stepsFor(A_PART, saga))));

/** Why a step is undone after it succeeded: the next one is refused, or, for the last step, its answer is lost. */
export function reasonToUndo({ saga, step }: Site): { step: string; act: Act } {
  const { steps } = sagas[saga];
  const next = steps[steps.findIndex(({ name }) => name === step) + 1];
  return next ? { step: next.name, act: refusedOnce } : { step, act: unknownToAll };
}

/** Each fault alone, then every pair that one order can have: of orders as a whole, and of orders in parts. */
export function* allCases(): Iterable<Case> {
  yield* casesOf(allSites(), false);
  yield* casesOf(sitesInParts(), true);
}

function* casesOf(sites: readonly Site[], inParts: boolean): Iterable<Case> {
  for (const site of sites) yield caseOf(inParts, site);
  for (const [i, one] of sites.entries()) {
    for (const other of sites.slice(i + 1)) {
      if (one.saga === other.saga || COMES_AFTER[other.saga].includes(one.saga)) yield caseOf(inParts, one, other);
      else if (COMES_AFTER[one.saga].includes(other.saga)) yield caseOf(inParts, other, one);
    }
  }
}

function caseOf(inParts: boolean, ...sites: [Site, ...Site[]]): Case {
  const faults = sites.map(({ saga, step, befall }) => `${saga}: ${step} ${befall}`).join(' + ');
  return { name: `${inParts ? 'in parts: ' : ''}${faults}`, sites, upTo: (sites.at(-1) as Site).saga, inParts };
}

/** The step at which a fulfilment is refused, so that the order, which has a carrier by then, can still be cancelled. */
export const PIVOT = sagas['fulfil-order'].steps.find(({ pivot }) => pivot)?.name;
