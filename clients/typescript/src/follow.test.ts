import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import { Client } from './client.ts';
import type { Event, FeedEvent } from './schema.ts';

let target: Target;
let oms: Client;
beforeEach(async () => {
  target = await startTarget();
  oms = new Client({ baseUrl: target.url });
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await target.close();
});

type Answer = (req: IncomingMessage, res: ServerResponse) => void;
const message = (version: number) => `id: ${version}\nevent: order.x\ndata: {"version":${version}}\n\n`;
const END = 'event: end\ndata: {}\n\n';
const asked = () => target.requests.map(({ headers }) => headers['last-event-id']);

/** One connection after the other; the last one's answer also for all that come after it. */
function answering(...answers: Answer[]): void {
  let next = 0;
  target.answer = (req, res) => (answers[Math.min(next++, answers.length - 1)] as Answer)(req, res);
}
/** Sends this, and leaves the stream open, unless it says how it ends. */
const sending =
  (text: string, how: 'open' | 'ends' | 'breaks' = 'open'): Answer =>
  (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(`: connected\n\n${text}`);
    if (how === 'ends') res.end();
    if (how === 'breaks') setTimeout(() => res.destroy(), 20);
  };
const refusing =
  (status: number, code: string): Answer =>
  (_req, res) =>
    json(res, status, { status, code, detail: 'so it is' });

async function versionsOf(events: AsyncIterable<Event>, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const versions: number[] = [];
  if (most === 0) return versions;
  for await (const { version } of events) if (versions.push(version) === most) break;
  return versions;
}

describe('the events of an order', () => {
  it('are those of before, and then whatever happens, until nothing more can', async () => {
    answering((_req, res) => {
      sending(message(1))(_req, res);
      setTimeout(() => res.end(message(2) + END), 20);
    });
    expect(await versionsOf(oms.orders.events('o1'))).toEqual([1, 2]);
    expect(target.requests).toMatchObject([{ path: '/orders/o1/events', headers: { accept: 'text/event-stream' } }]);
  });

  it('are none, if nothing more can happen after the version that the caller knows', async () => {
    answering((_req, res) => void res.writeHead(204).end());
    expect(await versionsOf(oms.orders.events('o1', { after: 7 }))).toEqual([]);
    expect(asked()).toEqual(['7']);
  });

  it('end for their reader when he breaks off: the connection is closed', async () => {
    answering(sending(message(1) + message(2) + message(3)));
    expect(await versionsOf(oms.orders.events('o1'), 2)).toEqual([1, 2]);
    await until(() => target.abandoned === 1);
  });

  it('end with the reason of a signal', async () => {
    answering(sending(message(1)));
    const leaving = new AbortController();
    const reading = (async () => {
      for await (const _ of oms.orders.events('o1', {}, { signal: leaving.signal })) leaving.abort(new Error('closed'));
    })();
    await expect(reading).rejects.toThrow('closed');
    await until(() => target.abandoned === 1);
  });

  it('are not to be had of an order that is not there', async () => {
    answering(refusing(404, 'ORDER_NOT_FOUND'));
    await expect(versionsOf(oms.orders.events('o1'))).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
  });

  it('are not read from what is no stream', async () => {
    answering((_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>proxy</h1>'));
    await expect(versionsOf(oms.orders.events('o1'))).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  });
});

describe('an interrupted stream', () => {
  it.each<[string, Answer]>([
    ['the connection broke', sending(message(1) + message(2), 'breaks')],
    ['the connection broke within a message', sending(`${message(1)}${message(2)}id: 3\nevent: or`, 'breaks')],
    ['the server stopped, or the token expired', sending(message(1) + message(2), 'ends')],
    ['it fell silent', sending(message(1) + message(2))],
  ])('goes on after its last event: none is missed, and none comes twice, when %s', async (_, first) => {
    answering(first, sending(message(3) + END));
    expect(await versionsOf(oms.orders.events('o1', {}, { timeoutMs: 1_000 }))).toEqual([1, 2, 3]);
    expect(asked().at(-1)).toBe('2');
  });

  it('goes on however long the server is away, and the caller is told', async () => {
    const away = Array.from({ length: 10 }, () => refusing(503, 'SERVICE_UNAVAILABLE'));
    const gone: Answer = (_req, res) => void res.destroy();
    answering(sending(message(1), 'ends'), ...away, gone, sending(message(2) + END));
    const told: (string | undefined)[] = [];
    const onRetry = ({ error }: { error: { code: string } | undefined }) => told.push(error?.code);
    expect(await versionsOf(oms.orders.events('o1', {}, { onRetry }))).toEqual([1, 2]);
    expect(told).toEqual([undefined, ...Array(10).fill('SERVICE_UNAVAILABLE'), 'NO_ANSWER']);
  });

  it('is waited for longer and longer, until it goes on', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.01);
    const away = Array.from({ length: 5 }, () => refusing(503, 'SERVICE_UNAVAILABLE'));
    answering(sending(message(1), 'ends'), ...away, sending(message(2), 'ends'), sending(message(3) + END));
    const pauses: number[] = [];
    await versionsOf(oms.orders.events('o1', {}, { onRetry: ({ pauseMs }) => pauses.push(pauseMs) }));
    expect(pauses).toEqual([2.5, 5, 10, 20, 40, 50, 2.5]);
  });

  it('has a new token, if the one it had is no longer taken', async () => {
    let given = 0;
    oms = new Client({ baseUrl: target.url, token: () => `t${++given}` });
    answering(sending(message(1), 'ends'), refusing(401, 'UNAUTHENTICATED'), sending(message(2) + END));
    expect(await versionsOf(oms.orders.events('o1'))).toEqual([1, 2]);
    expect(target.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ]);
  });

  it('is an error, if it may no longer be read', async () => {
    answering(sending(message(1), 'ends'), refusing(403, 'FORBIDDEN'));
    await expect(versionsOf(oms.orders.events('o1'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

it('a stream that never began is an error after as many tries as a request has', async () => {
  answering(refusing(503, 'SERVICE_UNAVAILABLE'));
  await expect(versionsOf(oms.orders.events('o1'))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(target.requests).toHaveLength(4);
});

it('a reader may take longer for an event than a stream may be silent', async () => {
  answering(sending(message(1) + message(2) + END));
  const versions: number[] = [];
  for await (const { version } of oms.orders.events('o1', {}, { timeoutMs: 1_000 })) {
    await pause(version === 1 ? 1_500 : 0);
    versions.push(version);
  }
  expect(versions).toEqual([1, 2]);
  expect(target.connections).toBe(1);
});

it('a message without an end is not kept for ever', async () => {
  answering((_req, res) => {
    sending('data: ')(_req, res);
    const more = () => {
      if (res.destroyed) return;
      if (res.write('x'.repeat(2 ** 16))) setImmediate(more);
      else res.once('drain', more);
    };
    more();
  });
  await expect(versionsOf(oms.orders.events('o1'))).rejects.toThrow('has no end');
});

describe('the feed of a service', () => {
  const event = (position: string) => `id: ${position}\nevent: order.x\ndata: {"position":"${position}"}\n\n`;
  async function positionsOf(events: AsyncIterable<FeedEvent>, most: number): Promise<string[]> {
    const positions: string[] = [];
    for await (const { position } of events) if (positions.push(position) === most) break;
    return positions;
  }

  it('begins with its first event, or after the position that a reader has kept', async () => {
    answering(sending(event('8') + event('9')));
    expect(await positionsOf(oms.events('order'), 2)).toEqual(['8', '9']);
    await positionsOf(oms.events('payment', { after: '7' }), 2);
    expect(target.requests.map(({ path, headers }) => [path, headers['last-event-id']])).toEqual([
      ['/services/order/events', '0'],
      ['/services/payment/events', '7'],
    ]);
  });

  it('begins at its end, and skips nothing that happens before its first event comes', async () => {
    answering(
      (_req, res) => json(res, 200, { events: [], next: '41', feed: 'f' }),
      sending('', 'breaks'),
      sending(event('42')),
    );
    expect(await positionsOf(oms.events('order', { after: 'end' }), 1)).toEqual(['42']);
    expect(target.requests[0]?.path).toBe('/services/order/events?after=end&limit=1');
    expect(asked()).toEqual([undefined, '41', '41']);
  });

  it('that is a new one begins again', async () => {
    answering(sending(event('8'), 'ends'), sending('event: anew\ndata: {}\n\n', 'ends'), sending(event('1')));
    expect(await positionsOf(oms.events('order'), 2)).toEqual(['8', '1']);
    expect(asked()).toEqual(['0', '8', undefined]);
  });
});
