import { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Response } from 'express';
import { type Beginning, Relay } from './relay.ts';

let res: Response;
let began: Beginning[];
let ended: (Error | undefined)[];
let relay: Relay;
const controller = { abort: jest.fn(), pause: jest.fn(), resume: jest.fn() };
const service = controller as never;
/** Compresses nothing. */
const compression = { begin: jest.fn<() => undefined>() };
const DATA = Buffer.alloc(100_000, 'x');

beforeEach(() => {
  jest.resetAllMocks();
  // Of somebody who reads nothing.
  const connection = new PassThrough({ highWaterMark: 1_000 });
  const req = new IncomingMessage(connection as never);
  Object.assign(req, { method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 });
  res = new ServerResponse(req) as Response;
  res.assignSocket(connection as never);
  [began, ended] = [[], []];
  relay = new Relay(
    res,
    compression,
    (beginning) => began.push(beginning),
    (error) => ended.push(error),
  );
  relay.begun.catch(() => {});
});

describe('a request that is given up', () => {
  it('before it has a connection, is so as soon as it has one', async () => {
    relay.abort('too late');
    await expect(relay.begun).rejects.toThrow('too late');
    expect(controller.abort).not.toHaveBeenCalled();
    relay.onRequestStart(service);
    expect(controller.abort.mock.calls).toEqual([[new Error('too late')]]);
  });

  it('on its way, is so once, for the first reason', async () => {
    relay.onRequestStart(service);
    expect(controller.abort).not.toHaveBeenCalled();
    relay.abort('too late');
    relay.abort('client gone');
    expect(controller.abort.mock.calls).toEqual([[new Error('too late')]]);
    await expect(relay.begun).rejects.toThrow('too late');
  });

  it.each([
    ['its answer has come', () => relay.onResponseEnd()],
    ['it broke off', () => relay.onResponseError(service, new Error('gone'))],
  ])('is left as it is once %s', (_why, end) => {
    relay.onRequestStart(service);
    end();
    relay.abort('client gone');
    expect(controller.abort).not.toHaveBeenCalled();
    expect(ended).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('begins with its status and headers, and not with what is said before', async () => {
    relay.onResponseStart(service, 103, { link: '</x>' });
    expect([began, res.headersSent]).toEqual([[], false]);
    relay.onResponseStart(service, 201, { etag: '"1"', 'keep-alive': 'timeout=5' });
    const beginning = { status: 201, headers: { etag: '"1"' } };
    expect([began, await relay.begun]).toEqual([[beginning], beginning]);
    expect([res.statusCode, res.getHeaders()]).toEqual([201, { etag: '"1"' }]);
    relay.onResponseEnd();
    expect([ended, res.writableEnded]).toEqual([[undefined], true]);
  });

  it.each([
    ['with its first byte, when its length is known', { 'content-length': '3' }, false],
    ['at once, when it is not', {}, true],
  ])('is sent %s', (_when, headers, isSent) => {
    relay.onResponseStart(service, 200, headers);
    expect(res.headersSent).toBe(isSent);
  });

  it('comes no faster than its client reads', async () => {
    relay.onResponseStart(service, 200, {});
    relay.onResponseData(service, Buffer.from('little'));
    expect(controller.pause).not.toHaveBeenCalled();
    relay.onResponseData(service, DATA);
    expect([controller.pause.mock.calls.length, controller.resume.mock.calls.length]).toEqual([1, 0]);
    res.emit('drain');
    expect(controller.resume).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['whose client is gone', () => res.destroy()],
    ['that was ended here', () => res.end()],
  ])('is not sent on %s', (_to, end) => {
    relay.onResponseStart(service, 200, { 'content-length': '9' });
    end();
    const write = jest.spyOn(res, 'write');
    relay.onResponseData(service, DATA);
    expect(write).not.toHaveBeenCalled();
  });

  it.each([
    ['whose client is gone', () => res.destroy()],
    ['that was ended as it began', () => res.end()],
  ])('is not begun %s', (_to, end) => {
    relay = new Relay(res, compression, end, () => {});
    const flush = jest.spyOn(res, 'flushHeaders');
    relay.onResponseStart(service, 200, {});
    expect([flush.mock.calls.length, res.listenerCount('drain')]).toEqual([0, 0]);
  });
});

it('an answer that is not for the client ends the request, and leaves the client to be told otherwise', async () => {
  relay = new Relay(
    res,
    compression,
    (beginning) => began.push(beginning),
    (error) => ended.push(error),
    ({ status, headers }) => (status === 409 && headers['retry-after'] === '1' ? 'under way' : undefined),
  );
  relay.onRequestStart(service);
  relay.onResponseStart(service, 409, { 'retry-after': '1' });
  await expect(relay.begun).rejects.toThrow('under way');
  expect([controller.abort.mock.calls.length, began, res.headersSent]).toEqual([1, [], false]);
});

describe('an answer that breaks off', () => {
  const gone = new Error('gone');

  it('before it began, leaves the client to be answered by somebody else', async () => {
    relay.onResponseError(service, gone);
    await expect(relay.begun).rejects.toBe(gone);
    expect([ended, res.destroyed]).toEqual([[gone], false]);
  });

  it('in the middle, takes the connection of its client with it', () => {
    relay.onResponseStart(service, 200, {});
    relay.onResponseError(service, gone);
    expect([ended, res.destroyed]).toEqual([[gone], true]);
  });

  it('after it was ended here, does no harm', () => {
    relay.onResponseStart(service, 200, {});
    res.end();
    relay.onResponseError(service, gone);
    expect([ended, res.destroyed]).toEqual([[gone], false]);
  });
});
