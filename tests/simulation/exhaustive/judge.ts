import type { Violation } from '../../crash/checks/violation.ts';
import { Client } from '../../crash/client.ts';
import { askAgain, findOut } from '../../crash/healing.ts';
import { Told } from '../../crash/told.ts';
import { Network } from '../network.ts';
import { violationsIn } from '../oracle.ts';
import type { Process } from '../process.ts';
import { settle, unfinished, watchStock } from '../schedule.ts';
import { addServices, Kept } from '../services.ts';
import { Universe } from '../universe.ts';
import { type Act, BEFALLS, type Befall } from './befalls.ts';
import { type Case, PIVOT, reasonToUndo, type Site } from './cases.ts';
import { Life } from './life.ts';
import { LifeInParts } from './life-in-parts.ts';
import { type Meddle, meddled } from './step-call.ts';

const SEED = 1;
const LIFE_MS = 30 * 60_000;
const CALM_MS = 20 * 60_000;

export interface Verdict {
  violations: Violation[];
  /** How many of the case's faults happened. */
  struck: number;
  trace: readonly string[];
  hash: string;
}

/** Runs the case with one order in its own world, and checks the records of all services at the end. */
export async function judge({ sites, upTo, inParts }: Case, keepsTrace = false): Promise<Verdict> {
  const universe = new Universe({ seed: SEED, faults: new Set(), keepsTrace });
  const { clock, trace } = universe;
  const network = new Network(universe, SEED);
  const kept = new Kept(universe);
  const told = new Told();
  const world = universe.newProcess('customers');
  const client = new Client(told, network.transportOf(world));
  const life = new (inParts ? LifeInParts : Life)(client, kept);

  const struck = new Set<Site>();
  const cancel = (orderId: string) => world.enter(() => life.cancel(orderId));
  const arranged =
    upTo === 'cancel-order' && !inParts
      ? [{ saga: 'fulfil-order', step: PIVOT as string, befall: 'is refused' } as const]
      : [];
  const meddles = [...sites, ...arranged].map((site) => meddleOf(site, cancel, () => struck.add(site)));
  const meddle: Meddle = (call) =>
    meddles.reduceRight<() => ReturnType<Meddle>>((carryOut, one) => () => one({ ...call, carryOut }), call.carryOut)();
  const ways = { transportOf: (from: Process) => meddled(network.transportOf(from), from, universe, meddle) };
  addServices(universe, ways as Network, kept, { hasCatalog: false, notifies: false, isGuarded: false });
  for (const host of universe.hosts) universe.start(host);
  const wrongStock = watchStock(kept);

  const see = async (what: string, act: () => Promise<unknown>, atMostMs: number): Promise<Violation[]> => {
    let end: Violation[] | undefined;
    world.enter(() => {
      act().then(
        () => (end = []),
        (error: Error) => (end = [{ rule: 'life', id: what, detail: String(error.stack) }]),
      );
    });
    await clock.passUntil(() => end !== undefined, clock.now + atMostMs);
    return end ?? [{ rule: 'in time', id: what, detail: 'never came to its end' }];
  };

  const violations = await see('life', () => life.lead(upTo), LIFE_MS);
  universe.heal();
  const isOpen = () => unfinished(kept, false);
  await settle(clock, isOpen, CALM_MS);
  violations.push(...(await see('finding out', () => findOut(told, client, SEED), CALM_MS)));
  const open = await settle(clock, isOpen, CALM_MS);
  violations.push(...(await see('asking again', () => askAgain(told, client, SEED), CALM_MS)));

  const crashed = sites.some(({ befall }) => befall.includes('crash')) ? [{ id: 'send:order' }] : [];
  violations.push(...(await violationsIn(kept, told, { wrongStock, faults: crashed })));
  for (const complaint of universe.complaints) violations.push({ rule: 'mistake', ...complaint });
  if (open > 0) violations.push({ rule: 'settled in time', id: 'all', detail: `${open} sagas or notices are left` });
  return { violations, struck: sites.filter((site) => struck.has(site)).length, trace: trace.lines, hash: trace.hash };
}

/** What one fault does to all the calls of its step. */
function meddleOf(site: Site, cancel: (orderId: string) => void, strikes: () => void): Meddle {
  const { step, befall } = site;
  const { forward, undo } = BEFALLS[befall] as Befall;
  const wanted = forward ?? undo;
  const acts = new Map<string, Act>();
  if (undo) {
    const because = reasonToUndo(site);
    acts.set(because.step, because.act);
  }
  acts.set(undo ? `undo-${step}` : step, wanted);
  const turns = new Map<string, number>();
  let victim: string | undefined;
  return (call) => {
    // A request that was answered 503 may try again with another order, which has no faults.
    victim ??= call.orderId;
    const act = call.orderId === victim ? acts.get(call.name) : undefined;
    const turn = turns.get(call.name) ?? 0;
    turns.set(call.name, turn + 1);
    const answer = act?.(call, turn, { cancel: () => cancel(call.orderId) });
    if (answer && act === wanted) strikes();
    return answer ?? call.carryOut();
  };
}
