import { setTimeout as pause } from 'node:timers/promises';
import type { HttpResponse } from '@oms/shared/resilience/transport';
import type { StepCall } from './step-call.ts';

/** What a fault does to try number `turn` of a call, counted from 0; undefined: nothing. */
export type Act = (call: StepCall, turn: number, wishes: { cancel(): void }) => Promise<HttpResponse> | undefined;

/** The faults of a step, or of its undo if it has one. */
export type Befall = { forward: Act; undo?: never } | { undo: Act; forward?: never };

/** The number of tries before the outcome of a step is unknown. */
const A_ROUND = 4;
/** More than the tries of a step until it is given up, with a closed or an open circuit breaker. */
const FOR_LONG = 16;
/** Longer than every timeout, a lease and a takeover. */
const LATE_MS = 30_000;
/** Long enough for a cancellation without faults, and shorter than every timeout. */
const OVERTAKEN_MS = 1_500;

const once =
  (act: (call: StepCall, wishes: { cancel(): void }) => Promise<HttpResponse>): Act =>
  (call, turn, wishes) =>
    turn === 0 ? act(call, wishes) : undefined;
const times =
  (most: number, act: (call: StepCall, turn: number) => Promise<HttpResponse>): Act =>
  (call, turn) =>
    turn < most ? act(call, turn) : undefined;

const answerLost = async ({ carryOut, lose }: StepCall) => {
  await carryOut();
  return lose();
};
const notConnected = async ({ cannotConnect }: StepCall) => cannotConnect();
const neverThere = async ({ lose }: StepCall) => lose();
const carriedOutLate = async ({ carryOut }: StepCall) => {
  await pause(LATE_MS);
  await carryOut();
};
const ignored = () => {};

export const refusedOnce = once(async ({ refuse }) => refuse());
export const unknownToAll = times(A_ROUND, answerLost);
const lostThenRefused: Act = (call, turn) => [() => neverThere(call), async () => call.refuse()][turn]?.();
const twice = once(async ({ carryOut }) => {
  carryOut().catch(ignored);
  return carryOut();
});
const againLate = once(async (call) => {
  carriedOutLate(call).catch(ignored);
  return call.carryOut();
});
const crashBefore = once(({ crash }) => crash());
const crashAfter = once(async ({ carryOut, crash }) => {
  await carryOut();
  return crash();
});
/** The next runner knows nothing of the call, and cannot learn its outcome before the timeout. */
const crashThenAway: Act = (call, turn, wishes) =>
  turn < FOR_LONG ? (crashAfter(call, turn, wishes) ?? notConnected(call)) : undefined;
const cancelMeanwhile = once(async ({ carryOut }, { cancel }) => {
  cancel();
  return carryOut();
});
const cancelOvertakes = once(async ({ carryOut }, { cancel }) => {
  cancel();
  await pause(OVERTAKEN_MS);
  return carryOut();
});

const failing = (most: number) => times(most, (call, turn) => (turn % 2 === 0 ? neverThere(call) : answerLost(call)));

export const BEFALLS: Readonly<Record<string, Befall>> = {
  'is refused': { forward: refusedOnce },
  'is lost on its way, and then refused': { forward: lostThenRefused },
  'is unknown, and happened': { forward: unknownToAll },
  'is unknown, and did not happen': { forward: times(A_ROUND, neverThere) },
  'runs twice at once': { forward: twice },
  'runs again, late': { forward: againLate },
  'meets a crash before it': { forward: crashBefore },
  'meets a crash after it': { forward: crashAfter },
  'meets a crash after it, and cannot be reached then': { forward: crashThenAway },
  'meets a cancellation': { forward: cancelMeanwhile },
  'is overtaken by a cancellation': { forward: cancelOvertakes },
  'has an undo that fails once': { undo: failing(1) },
  'has an undo that fails six times': { undo: failing(6) },
  'has an undo that runs twice at once': { undo: twice },
  'has an undo that runs again, late': { undo: againLate },
  'has an undo that meets a crash before it': { undo: crashBefore },
  'has an undo that meets a crash after it': { undo: crashAfter },
  'has an undo that meets a cancellation': { undo: cancelMeanwhile },
};
