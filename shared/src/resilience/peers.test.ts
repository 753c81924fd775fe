import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { letTimeRun, pass, stopTime } from '../../test/stopped-time.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { USUAL } from './breaker-config.ts';
import { Peers } from './peers.ts';
import type { HttpRequest } from './transport.ts';

const A_POST = { method: 'POST', path: '/' } as const;

let down: Set<string>;
let sent: HttpRequest[];
let isClosed: boolean;
let warnings: unknown[];
let peers: Peers;
beforeEach(() => {
  stopTime();
  [down, sent, warnings, isClosed] = [new Set(), [], [], false];
  const log = { warn: (...line: unknown[]) => warnings.push(line) };
  const parts = { service: 'order', metrics: createMetrics('order'), world: { random: () => 0 }, log };
  peers = new Peers({ ...parts, internalToken: 'let me in' } as unknown as ConstructorParameters<typeof Peers>[0], {
    send: async (request) => {
      sent.push(request);
      if (down.has(request.origin)) throw new Error('broken');
      return { status: 200, headers: {}, body: '' };
    },
    close: async () => {
      await null;
      isClosed = true;
    },
  });
});
afterEach(async () => {
  await peers.close();
  letTimeRun();
});

const clientOf = (name: string, ...origins: string[]) =>
  peers.client({ ...USUAL, name, timeoutMs: 2_000, resetMs: 30_000 }, origins);
async function failing(name: string, ...origins: string[]): Promise<void> {
  for (const origin of origins) down.add(origin);
  const client = clientOf(name, ...origins);
  for (let i = 0; i < USUAL.volume; i++) await client.call(A_POST);
}

describe('the services that a process calls', () => {
  it('get the name of the caller and the internal token', async () => {
    expect(await clientOf('payment', 'http://pay').call(A_POST)).toMatchObject({ kind: 'done' });
    expect(sent).toMatchObject([{ headers: { 'X-Caller': 'service:order', 'X-Internal-Token': 'let me in' } }]);
  });

  it('are well while all their breakers are closed, whatever the settings leave out', () => {
    for (const name of ['payment', 'shipping']) clientOf(name, 'http://any');
    peers.without('notification');
    const details = { payment: 'CLOSED', shipping: 'CLOSED', notification: 'NONE' };
    expect(peers.dependencies()).toEqual({ degraded: false, details });
  });

  it('are degraded as soon as one breaker is open, and the log says so', async () => {
    await failing('payment', 'http://pay');
    clientOf('shipping', 'http://ship');
    expect(peers.dependencies()).toEqual({ degraded: true, details: { payment: 'OPEN', shipping: 'CLOSED' } });
    expect(warnings).toEqual([['circuit breaker', { target: 'payment', state: 'OPEN' }]]);
  });

  it('are probed, one address after the other, until they are ready', async () => {
    await failing('payment', 'http://one', 'http://two');
    down.delete('http://one');
    sent = [];
    await pass(1_000);
    const asked = sent.map(({ method, origin, path }) => `${method} ${origin}${path}`);
    const [one, two] = ['GET http://one/readyz', 'GET http://two/readyz'];
    expect(asked).toEqual([one, two, two]);
  });

  it('leave no timer running after their shutdown', async () => {
    await failing('payment', 'http://one', 'http://two');
    expect([isClosed, jest.getTimerCount()]).toEqual([false, expect.any(Number)]);
    await peers.close();
    expect([isClosed, jest.getTimerCount()]).toEqual([true, 0]);
  });
});
