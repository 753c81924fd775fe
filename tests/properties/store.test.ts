import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MemoryStore } from '@oms/shared/store/memory';
import { PostgresStore } from '@oms/shared/store/postgres';
import { IdempotencyKeyReused, type Store } from '@oms/shared/store/store';
import { realWorld } from '@oms/shared/world';
import fc from 'fast-check';
import { describeDurable, freshDatabase } from '../support/database.ts';
import {
  decide,
  explanations,
  Failing,
  type Known,
  NOTHING,
  type Outcome,
  type Plan,
  type Sum,
  told,
} from './store-model.ts';

jest.setTimeout(180_000);

/** The model tries concurrent writes in every order, so there must be few of them. */
const AT_ONCE = 4;
const DUE = [1_000, 2_000, 3_000];

const name = fc.constantFrom('a', 'b', 'c');
const key = fc.constantFrom('k', 'l');
const plan = fc.record({
  docs: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
  act: fc.constantFrom(
    'add' as const,
    'add' as const,
    'add without an event' as const,
    'look' as const,
    'fail' as const,
  ),
  tag: fc.constantFrom('red' as const, 'blue' as const, undefined),
  dueAt: fc.constantFrom(...DUE, undefined),
  request: fc.option(fc.record({ key, fingerprint: fc.constantFrom('f', 'f', 'f', 'g') }), { nil: undefined }),
  says: fc.constantFrom('answer' as const, 'pending' as const, undefined),
  settles: fc.option(fc.record({ key, with: fc.constantFrom('answer' as const, undefined) }), { nil: undefined }),
});
const moments = fc.array(fc.array(plan, { minLength: 1, maxLength: AT_ONCE }), { minLength: 1, maxLength: 5 });

type Wanted = Omit<Plan, 'by'>;

let stores: Store<Sum>[];
let runs = 0;

/** The document of the requests of a key, like their order: whatever settles them locks it, too. */
const ABOUT: Record<string, string> = { k: 'a', l: 'b' };
/** A read cannot lock a document that does not exist yet, so the documents of requests are added first. */
const first: Wanted = { docs: ['a', 'b'], act: 'add' };

/** The plans of one run, with its own documents and keys; none settles its own request. */
function named(run: string, all: readonly (readonly Wanted[])[]): Plan[][] {
  let by = 0;
  const own = <T extends { key: string }>(of: T) => ({ ...of, key: `${run}/${of.key}` });
  return [[first], ...all].map((moment) =>
    moment.map(({ docs, request, settles: wanted, ...more }) => {
      const settles = wanted?.key === request?.key ? undefined : wanted;
      const about = [request, settles].flatMap((one) => (one ? [ABOUT[one.key] as string] : []));
      return {
        ...more,
        by: ++by,
        docs: [...new Set([...docs, ...about])].map((id) => `${run}/${id}`),
        request: request && own(request),
        settles: settles && own(settles),
      };
    }),
  );
}

async function outcomeOf(plan: Plan): Promise<Outcome> {
  const store = stores[plan.by % stores.length] as Store<Sum>;
  try {
    return told(await store.write(plan.docs, plan.request, (docs) => decide(plan, docs)));
  } catch (error) {
    if (error instanceof Failing) return 'failed';
    if (error instanceof IdempotencyKeyReused) return 'reused';
    throw error;
  }
}

/** Everything that can be read from a store. */
async function seen(run: string, after: string) {
  const store = stores[0] as Store<Sum>;
  const { items } = await store.list({ prefix: `${run}/`, limit: 100 });
  const count = (tag: string) => store.count({ tag, run });
  const due = async (now: number) => (await store.due(now, 100_000)).filter((id) => id.startsWith(`${run}/`)).sort();
  const feed = await store.events({ after, limit: 1_000 });
  return {
    docs: items.map(({ id, version, data }) => ({ id, version, data })),
    one: (await store.read(`${run}/a`))?.data ?? null,
    counts: [await count('red'), await count('blue')],
    due: await Promise.all(DUE.map(due)),
    feed: feed.map(({ stream, version, data }) => ({ stream, version, data })),
  };
}

/** The same, from the model. */
function shown(run: string, { docs, feed }: Known): Awaited<ReturnType<typeof seen>> {
  const all = Object.entries(docs).sort(([a], [b]) => (a < b ? -1 : 1));
  const count = (tag: string) => all.filter(([, { tags }]) => tags?.tag === tag).length;
  const due = (now: number) => all.filter(([, { dueAt = now + 1 }]) => dueAt <= now).map(([id]) => id);
  return {
    docs: all.map(([id, { version, data }]) => ({ id, version, data })),
    one: docs[`${run}/a`]?.data ?? null,
    counts: [count('red'), count('blue')],
    due: DUE.map(due),
    feed: [...feed],
  };
}

const show = (what: unknown) => JSON.stringify(what);

async function live(all: readonly (readonly Wanted[])[]): Promise<void> {
  const run = `run${++runs}`;
  const beginning = await (stores[0] as Store<Sum>).lastPosition();
  let possible: Known[] = [NOTHING];
  for (const plans of named(run, all)) {
    const outcomes = await Promise.all(plans.map(outcomeOf));
    const now = await seen(run, beginning);
    const explained = possible.flatMap((known) => explanations(known, plans, outcomes));
    if (explained.length === 0) throw new Error(`no order of ${show(plans)} explains ${show(outcomes)}`);
    const like = explained.filter((known) => show(shown(run, known)) === show(now));
    // No state matches: the first one shows what was expected.
    if (like.length === 0) expect(now).toEqual(shown(run, explained[0] as Known));
    possible = [...new Map(like.map((known) => [show(known), known])).values()];
  }
}

const agrees = (numRuns: number) => () => fc.assert(fc.asyncProperty(moments, live), { numRuns });

describe('the store in memory', () => {
  beforeAll(() => {
    stores = [new MemoryStore(realWorld)];
  });

  it('carries out concurrent writes as if they came one after the other', agrees(300));
});

describeDurable('the store in PostgreSQL, opened by two replicas', () => {
  beforeAll(async () => {
    const url = await freshDatabase();
    stores = [new PostgresStore(url), new PostgresStore(url)];
  });
  afterAll(() => Promise.all(stores.map((store) => store.close())));

  it('carries out concurrent writes as if they came one after the other', agrees(100));
});
