import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type Answer,
  ASIDE,
  type Change,
  IdempotencyKeyReused,
  type ListQuery,
  type NewEvent,
  type Store,
  type StoredEvent,
} from '@oms/shared/store/store';
import { traceOf, withTrace } from '@oms/shared/telemetry/trace';
import { until } from '../../tests/support/until.ts';

const A_MINUTE_MS = 60_000;
/** How long requests are remembered. */
const A_DAY_MS = 86_400_000;

export interface Counter {
  count: number;
  note?: string;
}

/** An empty store, and a function that makes time pass for it. */
export type Open = () => Promise<{ store: Store<Counter>; later(ms: number): Promise<unknown> }>;

let store: Store<Counter>;
let later: (ms: number) => Promise<unknown>;

/** The contract of every store. */
export function describeStore(name: string, open: Open): void {
  describe(`the store: ${name}`, () => {
    beforeEach(async () => {
      ({ store, later } = await open());
    });
    afterEach(() => store.close());

    describe('a write', describeWrites);
    describe('a request that comes again', describeRequests);
    describe('a request that goes on for a while', describePendingRequests);
    describe('a list', describeLists);
    describe('what is due', describeDue);
    describe('events', describeEvents);
    describe('a bookmark', describeBookmarks);
  });
}

function describeWrites(): void {
  it('stores documents, and returns its result', async () => {
    const written = await store.write(['a'], undefined, () => ({ put: [{ id: 'a', data: { count: 1 } }], result: 7 }));
    expect(written).toMatchObject({ replayed: false, result: 7 });
    expect(await store.read('a')).toEqual({ id: 'a', version: 0, data: { count: 1 } });
    expect(await store.read('b')).toBeUndefined();
  });

  it('sees the documents it names', async () => {
    await put('a', 1);
    const written = await store.write(['a', 'b'], undefined, (docs) => ({
      result: [docs.get('a')?.data.count, docs.get('b')],
    }));
    expect(written.result).toEqual([1, undefined]);
  });

  it('is refused when it changes a document that it did not name, or has an event of one that it does not write', async () => {
    const stray = store.write(['a'], undefined, () => ({ put: [{ id: 'b', data: { count: 1 } }] }));
    await expect(stray).rejects.toThrow('b was written without being named');
    const untold = store.write(['a'], undefined, () => ({ events: [event('a')] }));
    await expect(untold).rejects.toThrow('an event of a was added without writing it');
    expect([await store.read('a'), await store.read('b')]).toEqual([undefined, undefined]);
    expect(await store.lastPosition()).toBe('0');
  });

  it('changes nothing at all when the decision fails', async () => {
    const request = { key: 'k', fingerprint: 'f' };
    const failing = store.write(['a'], request, () => {
      throw new RangeError('not today');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await store.write(['a'], request, () => ({ answer: answer(201) }))).toMatchObject({ replayed: false });
  });

  it('that fails does not fail its neighbours', async () => {
    const fail = () =>
      store.write<undefined>(['a'], undefined, () => {
        throw new RangeError('not today');
      });
    const writes = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? fail() : increment('a')));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(await store.read('a')).toMatchObject({ data: { count: 20 }, version: 20 });
  });

  it('sees every earlier write', async () => {
    await Promise.all(Array.from({ length: 50 }, () => increment('a')));
    expect(await store.read('a')).toMatchObject({ data: { count: 50 }, version: 50 });
  });

  it('of several documents changes all of them together', async () => {
    await put('a', 50);
    await put('b', 50);
    const move = (from: string, to: string) =>
      store.write([from, to], undefined, (docs) => ({
        put: [
          { id: from, data: { count: countOf(docs.get(from)) - 1 } },
          { id: to, data: { count: countOf(docs.get(to)) + 1 } },
        ],
      }));
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? move('b', 'a') : move('a', 'b'))));
    expect([countOf(await store.read('a')), countOf(await store.read('b'))]).toEqual([30, 70]);
  });

  it('stores any text of JSON', async () => {
    const note = '\u0000 \ud800 "quoted" \\ é 日本 🧾 \n';
    await store.write(['a'], undefined, () => ({
      put: [{ id: 'a', data: { count: 1, note } }],
      events: [{ ...event('a'), data: { note } }],
    }));
    expect((await store.read('a'))?.data.note).toBe(note);
    expect((await store.events({ limit: 1 }))[0]?.data).toEqual({ note });
  });

  it('can be made while the store can be reached', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
    expect(store.hasRoom()).toBe(true);
  });
}

function describeRequests(): void {
  const request = { key: 'k', fingerprint: 'f' };

  it('gets the same answer, without any effect', async () => {
    const change = jest.fn(() => ({
      put: [{ id: 'a', data: { count: 1 } }],
      answer: answer(201),
      events: [event('a')],
    }));
    expect(await store.write(['a'], request, change)).toMatchObject({ replayed: false, answer: answer(201) });
    expect(await store.write(['a'], request, change)).toEqual({ replayed: true, answer: answer(201) });
    expect(change).toHaveBeenCalledTimes(1);
    expect(await store.events({ limit: 10 })).toHaveLength(1);
  });

  it('at the same moment is carried out once', async () => {
    const writes = await Promise.all(Array.from({ length: 20 }, (_, i) => increment('a', request, answer(200 + i))));
    expect(writes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(writes.map((written) => written.answer?.body)).size).toBe(1);
    expect(await store.read('a')).toMatchObject({ data: { count: 1 } });
  });

  it('with another fingerprint is refused', async () => {
    await store.write([], request, () => ({ answer: answer(201) }));
    const other = store.write([], { key: 'k', fingerprint: 'other' }, () => ({ answer: answer(202) }));
    await expect(other).rejects.toMatchObject({ name: IdempotencyKeyReused.name, message: 'k' });
  });

  it('is carried out again if it had no answer', async () => {
    await store.write([], request, () => ({ result: 1 }));
    expect(await store.write([], { key: 'k', fingerprint: 'other' }, () => ({ result: 2 }))).toMatchObject({
      replayed: false,
      result: 2,
    });
  });

  it('is remembered for a day, and then expires', async () => {
    await store.write([], request, () => ({ answer: answer(201) }));
    await later(A_DAY_MS - A_MINUTE_MS);
    await store.write([], { key: 'another', fingerprint: 'f' }, () => ({ answer: answer(201) }));
    expect(await store.write([], request, () => ({ answer: answer(202) }))).toMatchObject({ replayed: true });
    await later(A_MINUTE_MS);
    const other = { key: 'k', fingerprint: 'other' };
    expect(await store.write([], other, () => ({ answer: answer(203) }))).toMatchObject({ replayed: false });
    expect(await store.write([], other, () => ({}))).toMatchObject({ replayed: true, answer: answer(203) });
  });
}

function describePendingRequests(): void {
  const request = { key: 'k', fingerprint: 'f' };
  const begin = () => store.write([], request, () => ({ pending: 'a' }));
  const settle = (given: Answer | undefined) =>
    store.write(['a'], undefined, () => ({ settle: { key: 'k', answer: given } }));

  it('gets the document it waits for, also when it is sent again', async () => {
    expect(await begin()).toMatchObject({ replayed: false, pending: 'a' });
    expect(await begin()).toMatchObject({ replayed: true, pending: 'a' });
    expect((await begin()).answer).toBeUndefined();
  });

  it('gets it without a key, too', async () =>
    expect(await store.write([], undefined, () => ({ pending: 'a' }))).toMatchObject({ pending: 'a' }));

  it('with another fingerprint is refused', async () => {
    await begin();
    const other = store.write([], { key: 'k', fingerprint: 'other' }, () => ({}));
    await expect(other).rejects.toMatchObject({ name: IdempotencyKeyReused.name, message: 'k' });
  });

  it('is answered once it is settled', async () => {
    await begin();
    const [, settled] = await Promise.all([begin(), settle(answer(201))]);
    expect(settled).toMatchObject({ replayed: false, answer: answer(201) });
    expect(await begin()).toMatchObject({ replayed: true, answer: answer(201) });
  });

  it('keeps its first answer', async () => {
    await begin();
    await settle(answer(201));
    expect((await settle(answer(409))).answer).toEqual(answer(201));
    expect((await settle(undefined)).answer).toEqual(answer(201));
    expect((await begin()).answer).toEqual(answer(201));
  });

  it('can be settled in the batch in which it begins', async () => {
    const [, settled] = await Promise.all([begin(), settle(answer(201))]);
    expect(settled.answer).toEqual(answer(201));
    expect((await begin()).answer).toEqual(answer(201));
    expect((await settle(answer(409))).answer).toEqual(answer(201));
  });

  it('is not settled after its answer, not even in the same batch', async () => {
    const answerAtOnce = () => store.write([], request, () => ({ answer: answer(409) }));
    const [, late] = await Promise.all([answerAtOnce(), settle(answer(201))]);
    expect(late.answer).toEqual(answer(409));
    expect((await begin()).answer).toEqual(answer(409));
  });

  it('leaves the settling write its own answer', async () => {
    const settleAndAnswer = (own: number) =>
      store.write([], undefined, () => ({ answer: answer(own), settle: { key: 'k', answer: answer(201) } }));
    const [, atOnce] = await Promise.all([begin(), settleAndAnswer(202)]);
    const later = await settleAndAnswer(203);
    expect([atOnce.answer, later.answer]).toEqual([answer(202), answer(203)]);
    expect((await begin()).answer).toEqual(answer(201));
  });

  it('is not settled before it begins, not even in the same batch', async () => {
    const answerAtOnce = () => store.write([], request, () => ({ answer: answer(409) }));
    const [early, begun] = await Promise.all([settle(answer(201)), answerAtOnce()]);
    expect(early.answer).toBeUndefined();
    expect(begun.answer).toEqual(answer(409));
  });

  it('can be settled without an answer in the batch in which it begins', async () => {
    await Promise.all([begin(), settle(undefined)]);
    const [, , again] = await Promise.all([begin(), settle(undefined), begin()]);
    expect(again).toMatchObject({ replayed: false, pending: 'a' });
    await Promise.all([settle(undefined), settle(answer(201))]);
    expect(await begin()).toMatchObject({ replayed: false, pending: 'a' });
  });

  it('settled twice in one batch keeps its first answer', async () => {
    await begin();
    const both = await Promise.all([settle(answer(201)), settle(answer(409)), settle(undefined)]);
    expect(both.map((written) => written.answer)).toEqual([answer(201), answer(201), answer(201)]);
    expect((await begin()).answer).toEqual(answer(201));
  });

  it('can be tried again once it is settled without an answer, as another request too', async () => {
    await begin();
    await settle(undefined);
    expect(await store.write([], { key: 'k', fingerprint: 'other' }, () => ({ pending: 'b' }))).toMatchObject({
      replayed: false,
      pending: 'b',
    });
  });

  it('is not settled by a write that fails', async () => {
    await begin();
    const failing = store.write<undefined>([], undefined, () => {
      throw new RangeError('not today');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await begin()).toMatchObject({ replayed: true, pending: 'a' });
  });

  it('that is unknown stays unknown', async () => {
    await settle(answer(201));
    expect(await begin()).toMatchObject({ replayed: false, pending: 'a' });
  });

  it('expires in the end', async () => {
    await begin();
    await later(A_DAY_MS);
    expect(await begin()).toMatchObject({ replayed: false });
  });
}

function describeLists(): void {
  const ids = async (query: Partial<ListQuery>) =>
    (await store.list({ limit: 100, ...query })).items.map(({ id }) => id);

  it('is sorted by id, byte by byte, in either direction', async () => {
    for (const id of ['b', 'a-1', 'a_1', 'Z', 'a:1', 'a.1', 'a', 'b', 'a-1']) await put(id, 1);
    const sorted = ['Z', 'a', 'a-1', 'a.1', 'a:1', 'a_1', 'b'];
    expect(await ids({})).toEqual(sorted);
    expect(await ids({ newestFirst: true })).toEqual(sorted.reverse());
  });

  it('has the ids with a prefix', async () => {
    for (const id of ['a/1', 'a/2', 'a0', 'b/1', 'a']) await put(id, 1);
    expect(await ids({ prefix: 'a/' })).toEqual(['a/1', 'a/2']);
  });

  it('leaves out documents that stand aside, unless their prefix is given', async () => {
    for (const id of ['a', 'z', `${ASIDE}a`]) await put(id, 1);
    expect([await ids({}), await ids({ newestFirst: true }), await ids({ from: 'b' })]).toEqual([
      ['a', 'z'],
      ['z', 'a'],
      ['z'],
    ]);
    expect(await ids({ prefix: ASIDE })).toEqual([`${ASIDE}a`]);
    expect(await store.read(`${ASIDE}a`)).toMatchObject({ data: { count: 1 } });
  });

  it('takes a prefix literally', async () => {
    for (const id of ['a%b', 'a_b', 'axb']) await put(id, 1);
    expect(await ids({ prefix: 'a_' })).toEqual(['a_b']);
    expect(await ids({ prefix: 'a%' })).toEqual(['a%b']);
  });

  it('has the ids between two ids, the first one included', async () => {
    for (const id of ['1', '2', '3', '4', 'x/2', 'x/3']) await put(id, 1);
    expect(await ids({ from: '2', to: '4' })).toEqual(['2', '3']);
    expect(await ids({ from: '2', to: '4', newestFirst: true })).toEqual(['3', '2']);
    expect(await ids({ prefix: 'x/', from: '3' })).toEqual(['x/3']);
    expect(await ids({ prefix: 'x/', to: '3' })).toEqual(['x/2']);
  });

  it.each([false, true])('is paginated, each document once, newest first: %s', async (newestFirst) => {
    for (let i = 1; i <= 7; i++) await put(`${i}`, i, { odd: String(i % 2) });
    for (const where of [{}, { odd: '1' }] as Record<string, string>[]) {
      const all = await ids({ newestFirst, where });
      const seen: string[][] = [];
      let after: string | undefined;
      do {
        const { items, next } = await store.list({ newestFirst, where, limit: 3, after });
        seen.push(items.map(({ id }) => id));
        after = next ?? undefined;
      } while (after !== undefined);
      expect(seen.flat()).toEqual(all);
      expect(seen).toHaveLength(Math.ceil(all.length / 3));
    }
  });

  it('has the documents with all given tags, as they are now', async () => {
    await put('2', 1, { status: 'NEW', of: 'bob' });
    await put('1', 1, { status: 'NEW', of: 'ada' });
    await put('3', 1, { status: 'OLD', of: 'ada' });
    expect(await ids({ where: { status: 'NEW' } })).toEqual(['1', '2']);
    expect(await ids({ where: { status: 'NEW', of: 'ada' } })).toEqual(['1']);
    expect(await ids({ where: { status: 'NONE' } })).toEqual([]);
    await put('1', 2, { status: 'OLD', of: 'ada' });
    await put('3', 2);
    expect(await ids({ where: { status: 'OLD' } })).toEqual(['1']);
    expect(await ids({ where: { of: 'ada' } })).toEqual(['1']);
  });

  it('is counted by tags, as they are now', async () => {
    await put('1', 1, { status: 'NEW', of: 'ada' });
    await put('2', 1, { status: 'NEW', of: 'bob' });
    await put('3', 1, { status: 'OLD', of: 'ada' });
    expect(await store.count({ status: 'NEW' })).toBe(2);
    expect(await store.count({ status: 'NEW', of: 'ada' })).toBe(1);
    expect(await store.count({ status: 'NONE' })).toBe(0);
    expect(await store.count({ nothing: 'like it' })).toBe(0);
    await put('1', 2, { status: 'OLD' });
    expect(await store.count({ status: 'NEW' })).toBe(1);
    expect(await store.count({ of: 'ada' })).toBe(1);
    expect(await store.count({})).toBe(3);
  });

  it('without documents has no next page', async () => {
    expect(await store.list({ limit: 1 })).toEqual({ items: [], next: null });
    await put('a', 1);
    expect(await store.list({ limit: 0 })).toEqual({ items: [], next: null });
    expect(await store.list({ limit: 1 })).toMatchObject({ items: [{ id: 'a' }], next: null });
  });

  it('works for a tag that very many documents have', async () => {
    const many = Array.from({ length: 1_200 }, (_, i) => `doc${String(i).padStart(4, '0')}`);
    await store.write(many, undefined, () => ({
      put: many.map((id, i) => ({ id, data: { count: i }, tags: { all: 'yes', third: String(i % 3) } })),
    }));
    expect(await ids({ where: { all: 'yes' }, limit: 3, newestFirst: true })).toEqual([
      'doc1199',
      'doc1198',
      'doc1197',
    ]);
    expect(await ids({ where: { all: 'yes', third: '1' }, limit: 2 })).toEqual(['doc0001', 'doc0004']);
    expect(await store.count({ all: 'yes' })).toBe(1_200);
  });
}

function describeDue(): void {
  const dueAt = (id: string, ms: number | undefined) =>
    store.write([id], undefined, () => ({ put: [{ id, data: { count: 1 }, dueAt: ms }] }));

  it('has the longest overdue first, up to a limit', async () => {
    await dueAt('b', 200);
    await dueAt('a', 300);
    await dueAt('c', 100);
    await dueAt('d', 301);
    await dueAt('e', undefined);
    expect(await store.due(300, 10)).toEqual(['c', 'b', 'a']);
    expect(await store.due(300, 2)).toEqual(['c', 'b']);
    expect(await store.due(99, 10)).toEqual([]);
  });

  it('is no longer due after it was postponed or done', async () => {
    await dueAt('a', 100);
    await dueAt('b', 100);
    await dueAt('a', 500);
    await dueAt('b', undefined);
    expect(await store.due(400, 10)).toEqual([]);
    expect(await store.due(500, 10)).toEqual(['a']);
  });
}

function describeEvents(): void {
  it('are stored whole, numbered from 1 without gaps in each stream', async () => {
    await store.write(['a', 'b'], undefined, () => happened([event('a'), event('b'), event('a', 'second')]));
    const [first, second] = await store.events({ stream: 'a', limit: 10 });
    expect(first).toMatchObject({ ...event('a'), version: 1 });
    expect(second).toMatchObject({ ...event('a', 'second'), version: 2 });
    expect(await store.events({ stream: 'b', limit: 10 })).toMatchObject([{ stream: 'b', version: 1 }]);
    expect(await store.events({ stream: 'c', limit: 10 })).toEqual([]);
  });

  it('have the span of their write, if that is recorded and in their trace', async () => {
    const trace = traceOf(undefined, undefined, Math.random);
    const { traceId, spanId } = trace;
    const write = () => append({ ...event('a'), traceId });
    await withTrace(trace, write);
    await withTrace({ ...trace, sampled: false }, write);
    await withTrace(traceOf(undefined, undefined, Math.random), write);
    await write();
    const causes = (await store.events({ stream: 'a', limit: 10 })).map((one) => [one.traceId, one.spanId]);
    const unknown = [traceId, undefined];
    expect(causes).toEqual([[traceId, spanId], unknown, unknown, unknown]);
    expect((await store.events({ limit: 1 }))[0]?.spanId).toBe(spanId);
  });

  it('count as the version of their document', async () => {
    await increment('a');
    await increment('a');
    expect(await store.read('a')).toMatchObject({ version: 2 });
    await put('a', 9);
    expect(await store.read('a')).toMatchObject({ version: 2, data: { count: 9 } });
  });

  it('of a stream can be read from any version on', async () => {
    for (const type of ['one', 'two', 'three', 'four']) await append(event('a', type));
    const types = async (after: string, limit: number) =>
      (await store.events({ stream: 'a', after, limit })).map(({ type }) => type);
    expect(await types('0', 2)).toEqual(['one', 'two']);
    expect(await types('2', 10)).toEqual(['three', 'four']);
    expect(await types('4', 10)).toEqual([]);
  });

  it('have ids of their own', async () => {
    await store.write(['a', 'b'], undefined, () => happened([event('a'), event('b'), event('a')]));
    const events = await store.events({ limit: 10 });
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    expect(await store.events({ stream: 'b', limit: 1 })).toEqual([events[1]]);
  });

  it('have a last position', async () => {
    expect(await store.lastPosition()).toBe('0');
    await append(event('a'));
    await append(event('b'));
    const last = await store.lastPosition();
    expect((await store.events({ limit: 10 })).at(-1)?.position).toBe(last);
    expect(await store.events({ after: last, limit: 10 })).toEqual([]);
  });

  it('are followed by a reader without skipping one, while others write', async () => {
    const streams = Array.from({ length: 100 }, (_, i) => `s${i % 10}`);
    const writing = Promise.all(streams.map((stream) => increment(stream)));
    const seen: StoredEvent[] = [];
    for (let round = 0; round < 1_000 && seen.length < streams.length; round++) {
      seen.push(...(await store.events({ after: seen.at(-1)?.position, limit: 7 })));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    expect(await store.events({ after: seen.at(-1)?.position, limit: 7 })).toEqual([]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(streams.length);
    for (const stream of new Set(streams)) {
      const versions = seen.filter((one) => one.stream === stream).map(({ version }) => version);
      expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  });

  it('wake listeners, but none that has stopped listening', async () => {
    const [listening, stopped] = [jest.fn(), jest.fn()];
    store.onEvents(listening);
    const stop = store.onEvents(stopped);
    stop();
    await append(event('a'));
    await until(() => listening.mock.calls.length > 0);
    expect(stopped).not.toHaveBeenCalled();
  });

  it('name their documents to listeners', async () => {
    const told: (string[] | undefined)[] = [];
    store.onEvents((news) => void told.push(news && [...news.keys()]));
    await put('quiet', 1);
    await append(event('a'));
    await append(event('b'));
    expect(told).toContainEqual(['a']);
    expect(told).toContainEqual(['b']);
    expect(told).not.toContainEqual([]);
  });
}

function describeBookmarks(): void {
  it('starts at the beginning, and stays where it was moved to', async () => {
    const { bookmarks } = store;
    expect(await bookmarks.look('relay')).toBe('');
    expect(await bookmarks.take('relay', 'ann', 0, 100)).toBe('');
    expect(await bookmarks.move('relay', 'ann', '57', 100)).toBe(true);
    expect(await bookmarks.look('relay')).toBe('57');
    expect(await bookmarks.take('relay', 'ann', 50, 200)).toBe('57');
    expect(await bookmarks.look('other')).toBe('');
  });

  it("is not given to another before its holder's time is over", async () => {
    const { bookmarks } = store;
    await bookmarks.take('relay', 'ann', 0, 100);
    expect(await bookmarks.take('relay', 'bob', 99, 199)).toBeUndefined();
    await bookmarks.move('relay', 'ann', '57', 150);
    expect(await bookmarks.take('relay', 'bob', 149, 249)).toBeUndefined();
    expect(await bookmarks.take('relay', 'bob', 150, 250)).toBe('57');
    expect(await bookmarks.take('relay', 'ann', 249, 349)).toBeUndefined();
    expect(await bookmarks.take('other', 'ann', 249, 349)).toBe('');
  });

  it('can be held for longer', async () => {
    const { bookmarks } = store;
    await bookmarks.take('relay', 'ann', 0, 100);
    await bookmarks.take('relay', 'ann', 90, 190);
    expect(await bookmarks.take('relay', 'bob', 189, 289)).toBeUndefined();
    expect(await bookmarks.take('relay', 'bob', 190, 290)).toBe('');
  });

  it('is moved only by its present holder', async () => {
    const { bookmarks } = store;
    expect(await bookmarks.move('relay', 'ann', '1', 100)).toBe(false);
    await bookmarks.take('relay', 'ann', 0, 100);
    await bookmarks.move('relay', 'ann', '2', 100);
    await bookmarks.take('relay', 'bob', 100, 200);
    expect(await bookmarks.move('relay', 'ann', '3', 300)).toBe(false);
    expect(await bookmarks.look('relay')).toBe('2');
    expect(await bookmarks.take('relay', 'cid', 199, 299)).toBeUndefined();
  });

  it('is free at once when its holder releases it', async () => {
    const { bookmarks } = store;
    await bookmarks.take('relay', 'ann', 0, 100);
    await bookmarks.move('relay', 'ann', '5', 10);
    expect(await bookmarks.take('relay', 'bob', 10, 110)).toBe('5');
  });

  it('is given to one of several concurrent holders', async () => {
    const takers = Array.from({ length: 20 }, (_, i) => `taker ${i}`);
    for (const nowMs of [0, 100, 200]) {
      const taken = await Promise.all(takers.map((one) => store.bookmarks.take('relay', one, nowMs, nowMs + 100)));
      expect(taken.filter((place) => place !== undefined)).toEqual(['']);
    }
  });
}

const countOf = (doc: { data: Counter } | undefined): number => doc?.data.count ?? 0;

const put = (id: string, count: number, tags?: Record<string, string>) =>
  store.write([id], undefined, () => ({ put: [{ id, data: { count }, ...(tags ? { tags } : {}) }] }));

const increment = (id: string, request?: { key: string; fingerprint: string }, given?: Answer) =>
  store.write([id], request, (docs): Change<Counter> => {
    const data = { count: countOf(docs.get(id)) + 1 };
    return { put: [{ id, data }], events: [event(id)], ...(given ? { answer: given } : {}) };
  });

const append = (one: NewEvent) => store.write([one.stream], undefined, () => happened([one]));

const happened = (events: NewEvent[]): Change<Counter> => ({
  put: [...new Set(events.map(({ stream }) => stream))].map((id) => ({ id, data: { count: 0 } })),
  events,
});

const event = (stream: string, type = 'happened'): NewEvent => ({
  stream,
  type,
  at: 1_234,
  traceId: 'a'.repeat(32),
  data: { of: stream },
});

const answer = (status: number): Answer => ({ status, headers: { 'X-Kind': 'test' }, body: `{"status":${status}}` });
