import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inTurn, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { areGenuine, isGenuine as verify } from '../../../tests/support/standard-webhooks.ts';
import { NotificationService, placed } from '../test/notification-service.ts';
import { webhookChannel } from './webhook-channel.ts';

const KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const secret = `whsec_${KEY.toString('base64')}`;
const TOLERANCE_S = 300;

let receiver: Target;
let clock: { now: number };
let service: NotificationService;
beforeEach(async () => {
  receiver = await startTarget();
  const world = { now: () => clock.now };
  const webhook = webhookChannel({ url: `${receiver.url}/hooks/oms?tenant=1`, secret }, world);
  service = await NotificationService.start({ webhook });
  clock = service.clock;
});
afterEach(async () => {
  await service.stop();
  await receiver.close();
});

const isGenuine = (request: Target['requests'][number], nowMs: number) => verify(request, secret, nowMs);
const only = () => {
  expect(receiver.requests).toHaveLength(1);
  return receiver.requests[0] as Target['requests'][number];
};

describe('a notification', () => {
  it('is posted once, complete', async () => {
    await service.take([placed()]);
    await service.allAre('SENT');
    const { id, subject, body } = await service.one();
    const request = only();
    expect(request).toMatchObject({ method: 'POST', path: '/hooks/oms?tenant=1' });
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': id });
    expect(JSON.parse(request.body)).toEqual({
      type: 'notification.order-received',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: { id, orderId: 'O1', kind: 'order-received', to: 'ada@example.org', subject, body },
    });
  });

  it('can be verified by its receiver, which notices every forgery', async () => {
    await service.take([placed()]);
    await service.allAre('SENT');
    const request = only();
    expect(await isGenuine(request, clock.now)).toBe(true);
    const forged = (headers: Record<string, string>) => ({ ...request, headers: { ...request.headers, ...headers } });
    expect(await isGenuine({ ...request, body: request.body.replace('O1', 'O2') }, clock.now)).toBe(false);
    expect(await isGenuine(forged({ 'webhook-id': 'else' }), clock.now)).toBe(false);
    const later = String(Number(request.headers['webhook-timestamp']) + 1);
    expect(await isGenuine(forged({ 'webhook-timestamp': later }), clock.now)).toBe(false);
  });

  it('cannot be replayed later', async () => {
    await service.take([placed()]);
    await service.allAre('SENT');
    expect(await isGenuine(only(), clock.now + (TOLERANCE_S + 1) * 1000)).toBe(false);
  });

  it('that is sent again has the same id and a new signature', async () => {
    receiver.answer = inTurn(500, 200);
    await service.take([placed()]);
    await service.attempted(1);
    clock.now += 2_000;
    await service.allAre('SENT');
    const [first, second] = receiver.requests.map(({ headers }) => headers);
    expect(receiver.requests).toHaveLength(2);
    expect(first?.['webhook-id']).toBe(second?.['webhook-id']);
    expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(2);
    expect(await areGenuine(receiver.requests, secret, clock.now)).toBe(true);
  });
});

describe('a receiver', () => {
  it.each([200, 201, 204, 299])('that answers %i has received it', async (status) => {
    receiver.answer = inTurn(status);
    await service.take([placed()]);
    await service.allAre('SENT');
  });

  it.each([400, 401, 404, 410, 422])('that answers %i gets it no more', async (status) => {
    receiver.answer = inTurn(status);
    await service.take([placed()]);
    await service.allAre('DEAD');
    expect(await service.one()).toMatchObject({ attempts: 1, reason: `the webhook answered ${status}` });
    only();
  });

  it.each([408, 429, 500, 502, 503])('that answers %i gets it again', async (status) => {
    receiver.answer = inTurn(status);
    await service.take([placed()]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: `the webhook answered ${status}` });
  });

  it.each([301, 302, 307, 308])('that answers %i is not followed: no redirect', async (status) => {
    const elsewhere = await startTarget();
    receiver.answer = (_req, res) => json(res, status, {}, { Location: elsewhere.url });
    await service.take([placed()]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: `the webhook answered ${status}` });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it('that starts late gets it when it is up', async () => {
    const port = Number(new URL(receiver.url).port);
    await receiver.close();
    await service.take([placed()]);
    await service.attempted(1);
    receiver = await startTarget(port);
    clock.now += 2_000;
    await service.allAre('SENT');
    only();
  });

  it('that never answers is left at the timeout of the attempt', async () => {
    await service.stop();
    const webhook = webhookChannel({ url: receiver.url, secret }, { now: () => clock.now });
    service = await NotificationService.start({ webhook }, { send: false });
    receiver.answer = () => {};
    service.sender({ attemptMs: 50 });
    await service.take([placed()]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: 'no answer from webhook in time' });
  });
});
