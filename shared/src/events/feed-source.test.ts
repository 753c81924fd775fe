import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { clientFor, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { Recorder } from '../../../tests/support/recorder.ts';
import { until } from '../../../tests/support/until.ts';
import type { CloudEvent } from '../contracts/cloud-events.ts';
import { MemoryStore } from '../store/memory.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { realWorld } from '../world.ts';
import { FeedSource } from './feed-source.ts';

/** The pages of the feed that is read; after them it is empty. */
let pages: unknown[];
let target: Target;
let end: () => Promise<void>;
beforeEach(async () => {
  target = await startTarget();
  target.answer = (req, res) => {
    const next = new URL(req.url ?? '', target.url).searchParams.get('after');
    if (pages.length > 0) json(res, 200, pages.shift());
    else if (req.headers.prefer === undefined) json(res, 200, { events: [], next, feed: 'one' });
  };
});
afterEach(async () => {
  await end();
  await target.close();
});

const event = (position: number, data: unknown = { productId: 'A', quantity: 1 }, type = 'stock.added') => ({
  id: `product/A:${position}`,
  version: position,
  type,
  at: '2026-01-31T12:00:00.000Z',
  data,
  traceId: 'a'.repeat(32),
  stream: 'product/A',
  position: String(position),
});

async function follow(tracer?: Recorder, last = false, keeps?: 'nothing') {
  const store = new MemoryStore<unknown>(realWorld);
  Object.assign(store.bookmarks, { last });
  const moves = jest.spyOn(store.bookmarks, 'move');
  const places = () => [...new Set(moves.mock.calls.map(([, , place]) => place))];
  const log = createLogger('reader', 'silent');
  const warn = jest.spyOn(log, 'warn');
  const metrics = createMetrics('reader');
  const { client, close } = clientFor(target.url, { timeoutMs: 25_000 });
  const parts = { store, world: realWorld, log, metrics, tracer };
  const source = new FeedSource([{ service: 'inventory', client }], parts, keeps);
  const handled: string[][] = [];
  const causes: unknown[] = [];
  await source.start(async (events: readonly CloudEvent[]) => {
    handled.push(events.map(({ id }) => id));
    causes.push(...events.map(({ traceparent }) => traceparent));
  });
  end = async () => {
    await source.stop();
    await close();
  };
  return { store, places, warn, handled, causes };
}

const queries = () => target.requests.map(({ path, headers }) => [path.slice('/events?after='.length), headers.prefer]);

describe('a reader whose bookmarks outlast a restart', () => {
  it('does not have its place kept by the feed', async () => {
    pages = [{ events: [event(1)], next: '1', feed: 'one' }];
    await follow(undefined, true);
    await until(() => target.requests.length === 3);
    expect(queries().map(([query]) => query)).toEqual(['kept&limit=200', '1&limit=200', '1&limit=200']);
  });
});

describe('a reader that loses with its memory what it read', () => {
  it('begins at the start, and does not have its place kept', async () => {
    pages = [{ events: [event(1)], next: '1', feed: 'one' }];
    await follow(undefined, false, 'nothing');
    await until(() => target.requests.length === 3);
    expect(queries().map(([query]) => query)).toEqual(['0&limit=200', '1&limit=200', '1&limit=200']);
  });
});

describe('a reader of a feed', () => {
  it('reads page after page, and waits for events once it has caught up', async () => {
    pages = [
      { events: [event(1), event(2)], next: '2', feed: 'one' },
      { events: [event(3)], next: '3', feed: 'one' },
    ];
    const { handled, store } = await follow();
    await until(() => target.requests.length === 4);
    expect(handled).toEqual([['product/A:1', 'product/A:2'], ['product/A:3']]);
    expect(queries()).toEqual([
      ['kept&limit=200', undefined],
      ['2&limit=200&keep=one', undefined],
      ['3&limit=200&keep=one', undefined],
      ['3&limit=200&keep=one', 'wait=20'],
    ]);
    expect(await store.bookmarks.look('feed:inventory')).toBe('3 one');
  });

  it('hands an event over in the trace of its writer, with its own span as the cause of what follows', async () => {
    const recorder = new Recorder();
    const [traceId, spanId] = ['c'.repeat(32), 'd'.repeat(16)];
    pages = [{ events: [{ ...event(1), traceId, spanId }, event(2)], next: '2', feed: 'one' }];
    const { handled, causes } = await follow(recorder);
    await until(() => recorder.spans[0]?.ends === 1);
    expect(handled).toEqual([['product/A:1', 'product/A:2']]);
    const consumed = recorder.named('consume stock.added');
    expect(consumed).toMatchObject({ kind: 'consumer', trace: { traceId, parentId: spanId } });
    expect(causes).toEqual([`00-${traceId}-${consumed.trace.spanId}-01`, expect.stringMatching(/-00$/)]);
  });

  it('polls in a trace that nobody records', async () => {
    pages = [];
    await follow(new Recorder());
    await until(() => target.requests.length === 2);
    for (const { headers } of target.requests) expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('skips events without a contract, and does not call its handler', async () => {
    pages = [{ events: [event(1, {}, 'secret')], next: '1', feed: 'one' }];
    const { handled, store } = await follow();
    await until(async () => (await store.bookmarks.look('feed:inventory')) === '1 one');
    expect(handled).toEqual([]);
  });

  it.each([
    ['another feed', { events: [event(9)], next: '9', feed: 'two' }, '0 two'],
    ['an empty feed', { events: [], next: '0', feed: null }, ''],
    ['the same feed that ends earlier', { events: [], next: '0', feed: 'one' }, '0 one'],
  ])('begins anew when it gets %s, and takes no event from the middle of it', async (_what, page, place) => {
    pages = [{ events: [event(1)], next: '1', feed: 'one' }, page];
    const { handled, places } = await follow();
    await until(() => target.requests.length > 2);
    expect(target.requests[2]?.path).toMatch(/after=(0&limit=200&keep=(one|two)|kept&limit=200)$/);
    expect(places().slice(0, 2)).toEqual(['1 one', place]);
    expect(handled).toEqual([['product/A:1']]);
  });

  it.each([
    ['no page', { hello: 'world' }],
    ['not even JSON', undefined],
  ])('does not move on when the answer is %s', async (_what, answer) => {
    pages = [answer, { events: [event(1)], next: '1', feed: 'one' }];
    const { handled, warn } = await follow();
    await until(() => handled.length === 1);
    expect(target.requests[1]?.path).toBe('/events?after=kept&limit=200');
    const wrong = { cause: { name: 'ZodError' } };
    expect(warn.mock.calls).toMatchObject([['reading events is interrupted', { error: wrong }]]);
  });
});
