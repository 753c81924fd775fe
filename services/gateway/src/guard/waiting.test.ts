import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Request, Response } from 'express';
import { createStreams, waitsForEvents } from './streams.ts';

describe('what may stay open for long', () => {
  const asks = (method: string, headers: Record<string, string>) => waitsForEvents({ method, headers } as never);
  const stream = { accept: 'text/event-stream' };

  it.each([
    ['GET', stream],
    ['HEAD', stream],
    ['GET', { prefer: 'wait=1' }],
    ['HEAD', { ...stream, prefer: 'respond-async, wait=20' }],
  ])('is a %s with %j', (method, headers) => expect(asks(method, headers)).toBe(true));

  it.each([
    ['POST', stream],
    ['DELETE', { prefer: 'wait=20' }],
    ['GET', {}],
    ['GET', { accept: 'application/json', prefer: 'wait=0' }],
    ['HEAD', { prefer: 'respond-async' }],
  ])('is no %s with %j', (method, headers) => expect(asks(method, headers)).toBe(false));
});

describe('a stream', () => {
  const now = 1_000_000;
  const LONGEST_TIMER_MS = 2 ** 31 - 1;
  let res: EventEmitter & { end(): void; req?: unknown };
  beforeEach(() => {
    jest.useFakeTimers();
    res = Object.assign(new EventEmitter(), { end: jest.fn() });
  });
  afterEach(() => void jest.useRealTimers());

  const opened = (expiry: number | undefined, most = 0) => {
    const streams = createStreams(
      most,
      { now: () => now },
      () => 'ada',
      () => expiry,
    );
    streams.endWithToken({} as Request, res as unknown as Response);
    return streams;
  };

  it.each([
    ['when its token does', now + 5_000, 5_000],
    ['at once, when it has ended already', now - 5_000, 0],
    ['as late as a timer can say', now + 90 * 24 * 60 * 60 * 1000, LONGEST_TIMER_MS],
  ])('ends %s', (_when, expiry, afterMs) => {
    opened(expiry);
    jest.advanceTimersByTime(Math.max(afterMs - 1, 0));
    expect(res.end).toHaveBeenCalledTimes(afterMs === 0 ? 1 : 0);
    jest.advanceTimersByTime(1);
    expect(res.end).toHaveBeenCalledTimes(1);
  });

  it('that came without a token has no end', () => {
    opened(undefined);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that is over is forgotten, and makes room', () => {
    const streams = opened(now + 5_000, 1);
    const hold = () => streams.hold({} as Request, res as unknown as Response);
    hold();
    expect(hold).toThrow('At most 1 streams');
    res.emit('close');
    expect(jest.getTimerCount()).toBe(0);
    expect(hold).not.toThrow();
  });
});
