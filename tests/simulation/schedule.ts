import { Chance } from '../crash/chance.ts';
import type { Violation } from '../crash/checks/violation.ts';
import { Client } from '../crash/client.ts';
import { askAgain, findOut } from '../crash/healing.ts';
import { stockTrouble } from '../crash/stock-watch.ts';
import { Told } from '../crash/told.ts';
import { Attackers } from './attackers.ts';
import { believable } from './believable.ts';
import { BEGINNING, type VirtualClock } from './clock.ts';
import { Customers } from './customers.ts';
import { Network } from './network.ts';
import { violationsIn } from './oracle.ts';
import { addServices, Kept } from './services.ts';
import { Universe } from './universe.ts';
import { Witness } from './witness.ts';

const LEAST_ORDERS = 2;
const MOST_ORDERS = 4;
/** Faults happen only while customers are active. */
const STORM_MS = 3 * 60_000;
/** The time after the last fault within which all sagas, notices and requests must end. */
const CALM_MS = 20 * 60_000;
const LOOK_EVERY_MS = 500;
/** Each schedule requests every fourth answer again; the next schedule takes others. */
const ASKED_AGAIN = 4;
/** Longer than it takes after the last fault until every order has a runner again. */
const SOON_MS = 60_000;
/** Longer than the network delays anything: a request without a key is not repeated, and may be carried out that late. */
const ON_ITS_WAY_MS = 40_000;

/** What clients got, by status. */
const SIGHTS: Record<number, string> = {
  401: 'bad tokens refused',
  403: 'wishes forbidden',
  429: 'people limited',
  502: 'unknown outcomes told',
  504: 'late answers not waited for',
};
/** What was done to parts of orders. */
const DONE: Record<string, string> = {
  'order.parcel-shipped': 'parcels shipped',
  'order.lines-cancelled': 'items cancelled',
  'order.lines-returned': 'items returned',
  'order.refunded': 'refunds without goods',
};
/** No lease and no pause of a saga is longer. */
const LONGEST_MS = 20_000;

export interface Schedule {
  seed: number;
  /** The active customers; absent: all that the seed gives. */
  customers?: readonly number[] | undefined;
  /** The active faults; absent: all that the seed gives. */
  faults?: ReadonlySet<string> | undefined;
  keepsTrace?: boolean;
}

export interface Result {
  customers: readonly number[];
  faults: readonly { id: string; kind: string }[];
  violations: Violation[];
  /** Two runs with the same hash were the same, event for event. */
  hash: string;
  trace: readonly string[];
  /** The effects of the faults. */
  sights: ReadonlyMap<string, number>;
  /** Every write and send at which a process could have crashed. */
  moments: readonly string[];
}

export const customersOf = (seed: number): number[] =>
  Array.from({ length: new Chance(seed, 'customers').between(LEAST_ORDERS, MOST_ORDERS) }, (_, i) => i + 1);

/** One run of a system: with faults, then without faults, then the checks. */
export async function run({
  seed,
  customers = customersOf(seed),
  faults,
  keepsTrace = false,
}: Schedule): Promise<Result> {
  const universe = new Universe({ seed, faults, keepsTrace });
  const { clock, trace } = universe;
  const witness = new Witness();
  const network = new Network(universe, seed, witness);
  const kept = new Kept(universe);
  const hasCatalog = new Chance(seed, 'catalog').in(0.3);
  const notifies = new Chance(seed, 'notification').in(0.25);
  addServices(universe, network, kept, { hasCatalog, notifies, isGuarded: true });
  for (const host of universe.hosts) universe.start(host);

  const told = new Told();
  const world = universe.newProcess('people');
  const client = new Client(told, believable(witness.transportOf(network.transportOf(world))));
  const people = new Customers(client, told, { seed, hasCatalog });
  const attackers = new Attackers(client, kept, { seed, hasCatalog });
  const wrongStock = watchStock(kept);
  /** Returns whether it ended in time. */
  const see = async (act: () => Promise<unknown>, atMostMs: number): Promise<boolean> => {
    let ended = false;
    const failed: Error[] = [];
    world.enter(() => {
      act().then(
        () => (ended = true),
        (error) => failed.push(error),
      );
    });
    const inTime = await clock.passUntil(() => ended || failed.length > 0, clock.now + atMostMs);
    if (failed[0]) throw failed[0];
    return inTime;
  };

  await see(() => Promise.all([...customers.map((number) => people.live(number)), attackers.live()]), STORM_MS);
  universe.heal();
  const isOpen = () => unfinished(kept, notifies);
  await settle(clock, isOpen, SOON_MS);
  const lying = await leftLying(clock, kept);
  await see(() => Promise.all([findOut(told, client, seed), attackers.flood()]), CALM_MS);
  if (witness.hasOpenWrites) await clock.passUntil(() => false, clock.now + ON_ITS_WAY_MS);
  const open = await settle(clock, isOpen, CALM_MS);
  await see(() => askAgain(told, client, seed, ASKED_AGAIN), CALM_MS);

  const violations = await violationsIn(kept, told, { wrongStock, faults: universe.faults.fired, notifies, witness });
  for (const complaint of universe.complaints) violations.push({ rule: 'mistake', ...complaint });
  for (const id of lying) violations.push({ rule: 'left lying', id, detail: 'nobody would look after it for long' });
  if (open > 0)
    violations.push({ rule: 'settled in time', id: 'all', detail: `${open} sagas, notices or events are left` });
  for (const { head } of witness.encounters.values()) {
    const sight = SIGHTS[head?.status ?? 0];
    if (sight) universe.see(sight);
  }
  for (const { type } of await kept.order.events({ limit: 1_000_000 })) if (DONE[type]) universe.see(DONE[type]);
  trace.add('', `ended after ${clock.now - BEGINNING} ms`);
  return {
    customers,
    faults: universe.faults.fired,
    violations,
    hash: trace.hash,
    trace: trace.lines,
    sights: universe.sights,
    moments: universe.faults.moments,
  };
}

/** The records of a product must be consistent at every moment, not only at the end. */
export function watchStock({ inventory }: Kept): Map<string, string> {
  const wrong = new Map<string, string>();
  inventory.onEvents(() => {
    inventory.list({ prefix: 'product/', limit: 100 }).then(({ items }) => {
      for (const { data } of items) {
        const trouble = data.kind === 'product' ? stockTrouble(data) : undefined;
        if (trouble && data.kind === 'product') wrong.set(data.productId, trouble);
      }
    });
  });
  return wrong;
}

/** How much is unfinished after the time limit. A process that has just woken first handles what arrived before. */
export async function settle(clock: VirtualClock, howMuch: () => Promise<number>, atMostMs: number): Promise<number> {
  const until = clock.now + atMostMs;
  for (;;) {
    await clock.passUntil(() => false, clock.now + LOOK_EVERY_MS);
    const open = await howMuch();
    if (open === 0 || clock.now >= until) return open;
  }
}

/** Orders that are still blocked by a lease or pause that a wrong clock set. */
async function leftLying({ now }: VirtualClock, { orders }: Kept): Promise<string[]> {
  const { items } = await orders.list({ where: { unfinished: 'yes' }, limit: 1_000 });
  const untilOf = ({ data: { order, lease } }: (typeof items)[number]) => lease?.until ?? order.saga?.nextAt ?? now;
  return items.filter((doc) => untilOf(doc) > now + LONGEST_MS).map(({ id }) => id);
}

export async function unfinished(kept: Kept, notifies: boolean): Promise<number> {
  const { order, shipping, payment } = kept;
  const notices = await shipping.due(Number.MAX_SAFE_INTEGER, 1_000);
  const { items } = await payment.list({ limit: 1_000 });
  const held = await order.due(Number.MAX_SAFE_INTEGER, 1_000);
  const untold = notifies ? await untoldEvents(kept) : 0;
  return held.length + notices.length + items.filter(({ data }) => data.open !== null).length + untold;
}

/** Feeds that are not read to the end, and unsent notifications. */
async function untoldEvents({ notification, ...kept }: Kept): Promise<number> {
  const unsent = await notification.due(Number.MAX_SAFE_INTEGER, 1_000);
  let unread = 0;
  for (const service of ['order', 'payment', 'shipping'] as const) {
    const place = await notification.bookmarks.look(`feed:${service}`);
    if (Number(place.split(' ')[0]) < Number(await kept[service].lastPosition())) unread++;
  }
  return unsent.length + unread;
}
