import type { Answer, Change, Docs, Put } from '@oms/shared/store/store';

/** One write of a client of the store: the documents that it reads, and what it makes of them. */
export interface Plan {
  by: number;
  docs: readonly string[];
  act: 'add' | 'add without an event' | 'look' | 'fail';
  tag?: 'red' | 'blue' | undefined;
  dueAt?: number | undefined;
  request?: { key: string; fingerprint: string } | undefined;
  says?: 'answer' | 'pending' | undefined;
  settles?: { key: string; with?: 'answer' | undefined } | undefined;
}

export interface Sum {
  count: number;
  last: number;
}

type Keeping = Omit<Put<Sum>, 'id'> & { version: number };
interface Remembered {
  fingerprint: string;
  answer?: Answer | undefined;
  pending?: string | undefined;
}

/** Everything that a store knows, in the simplest form. */
export interface Known {
  docs: Record<string, Keeping>;
  feed: readonly { stream: string; version: number; data: unknown }[];
  requests: Record<string, Remembered>;
}

export type Outcome =
  | { replayed: boolean; answer: Answer | null; pending: string | null; result: unknown }
  | 'failed'
  | 'reused';

export const NOTHING: Known = { docs: {}, feed: [], requests: {} };

export class Failing extends Error {}

const answerOf = (by: number): Answer => ({ status: 200, headers: { by: String(by) }, body: `answered by ${by}` });

/** The decision of a write: both the store and the model carry it out. */
export function decide(plan: Plan, docs: Docs<Sum>): Change<Sum, number[]> {
  const { by, act, says, settles, tag, dueAt } = plan;
  if (act === 'fail') throw new Failing();
  const seen = plan.docs.map((id) => docs.get(id)?.data.count ?? 0);
  const adds = act === 'add' || act === 'add without an event';
  const put = plan.docs.map((id, i) => ({
    id,
    data: { count: (seen[i] as number) + 1, last: by },
    dueAt,
    ...(tag ? { tags: { tag, run: id.split('/')[0] as string } } : {}),
  }));
  const events = plan.docs.map((stream) => ({ stream, type: 'added', at: by, traceId: '', data: { by } }));
  return {
    ...(adds ? { put } : {}),
    ...(act === 'add' ? { events } : {}),
    ...(says === 'answer' ? { answer: answerOf(by) } : {}),
    ...(says === 'pending' ? { pending: `${by}` } : {}),
    ...(settles ? { settle: { key: settles.key, answer: settles.with && answerOf(by) } } : {}),
    result: seen,
  };
}

/** The effect of one write on the known state, when nothing else happens meanwhile. */
function carriedOut(known: Known, plan: Plan): { known: Known; outcome: Outcome } {
  const { request } = plan;
  const before = request && known.requests[request.key];
  if (before && before.fingerprint !== request.fingerprint) return { known, outcome: 'reused' };
  if (before) return { known, outcome: told({ replayed: true, ...before }) };
  if (plan.act === 'fail') return { known, outcome: 'failed' };

  const get = (id: string) => {
    const doc = known.docs[id];
    return doc && { id, version: doc.version, data: doc.data };
  };
  const { put = [], events = [], answer, pending, settle, result } = decide(plan, { get });
  const docs = { ...known.docs };
  for (const { id, ...kept } of put) {
    docs[id] = { ...kept, version: (docs[id]?.version ?? 0) + events.filter(({ stream }) => stream === id).length };
  }
  const feed = events.map(({ stream, data }) => ({ stream, version: docs[stream]?.version as number, data }));
  const requests = { ...known.requests };
  if (request && (answer || pending)) requests[request.key] = { fingerprint: request.fingerprint, answer, pending };
  const asked = settle && requests[settle.key];
  if (settle && asked && !asked.answer) {
    if (settle.answer) requests[settle.key] = { fingerprint: asked.fingerprint, answer: settle.answer };
    else delete requests[settle.key];
  }
  const settled = asked && (asked.answer ?? settle?.answer);
  const outcome = told({ replayed: false, answer: answer ?? settled, pending, result });
  return { known: { docs, feed: [...known.feed, ...feed], requests }, outcome };
}

export const told = (written: {
  replayed: boolean;
  answer?: Answer | undefined;
  pending?: string | undefined;
  result?: unknown;
}): Outcome => {
  const { replayed, answer = null, pending = null, result = null } = written;
  return { replayed, answer, pending: answer ? null : pending, result };
};

/** The possible states after these concurrent writes: one for each order of them that explains their outcomes. */
export function explanations(known: Known, plans: readonly Plan[], outcomes: readonly Outcome[]): Known[] {
  if (plans.length === 0) return [known];
  return plans.flatMap((plan, i) => {
    const first = carriedOut(known, plan);
    if (JSON.stringify(first.outcome) !== JSON.stringify(outcomes[i])) return [];
    const others = <T>(all: readonly T[]) => all.filter((_, j) => j !== i);
    return explanations(first.known, others(plans), others(outcomes));
  });
}
