import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { held, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import { pass, stopTime } from '../../test/stopped-time.ts';
import { Cut } from './cut.ts';
import { isReady, neverConnected, type Transport, undiciTransport } from './transport.ts';

let target: Target;
let transport: Transport;
let closing: (() => unknown)[];

// Once for all tests: undici's timers keep the clock that they started with.
stopTime();
beforeEach(async () => {
  target = await startTarget();
  transport = undiciTransport();
  closing = [target.close, () => transport.close()];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.unshift(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const send = (origin = target.url, path = '/') =>
  transport.send({ method: 'GET', origin, path, headers: { 'X-Of': 'us' }, body: undefined, signal: new Cut() });

describe('an answer', () => {
  it.each([[[]], [['one']], [['in two ', 'pieces']], [['in ', 'three', ' pieces']]])(
    'is whole, in how many pieces it may come: %j',
    async (pieces) => {
      target.answer = (_req, res) => {
        res.writeHead(201, { 'X-Of': 'them' });
        for (const piece of pieces) res.write(piece);
        res.end();
      };
      const { status, headers, body } = await send();
      expect([status, headers['x-of'], body]).toEqual([201, 'them', pieces.join('')]);
      expect(target.requests[0]?.headers['x-of']).toBe('us');
    },
  );

  it('may begin and end as late as its caller allows', async () => {
    const { answer, waiting } = held();
    target.answer = answer;
    const answered = send();
    await until(() => waiting.length === 1);
    await pass(600_000);
    waiting[0]?.writeHead(200).write('begun');
    await pass(600_000);
    waiting[0]?.end(' and ended');
    expect((await answered).body).toBe('begun and ended');
  });
});

describe('a connection', () => {
  it('has a timeout of two seconds until it is made', async () => {
    const sockets: { destroy(): void }[] = [];
    // It accepts connections, and never answers the handshake of TLS.
    const mute = await listening(createServer((socket) => void sockets.push(socket)));
    let failure: unknown;
    void send(`https://${mute}`).catch((error) => (failure = error));
    await until(() => sockets.length === 1);
    await pass(1_000);
    expect(failure).toBeUndefined();
    await pass(5_000);
    await until(() => failure);
    expect(failure).toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' });
    for (const socket of sockets) socket.destroy();
  });

  it('is kept for half a minute when idle, even if the other side would keep it longer', async () => {
    let [open, made] = [0, 0];
    const server = createHttpServer((_req, res) => res.end());
    server.keepAliveTimeout = 100_000;
    server.on('connection', (socket) => {
      open++;
      made++;
      socket.on('close', () => open--);
    });
    const origin = `http://${await listening(server)}`;
    await send(origin);
    await pass(25_000);
    await send(origin);
    expect([open, made]).toEqual([1, 1]);
    await pass(35_000);
    await until(() => open === 0);
  });

  it('is closed with the transport, and its requests end', async () => {
    const { answer, waiting } = held();
    target.answer = answer;
    const answered = send();
    await until(() => waiting.length === 1);
    await Promise.all([expect(answered).rejects.toThrow(), transport.close()]);
    await until(() => target.abandoned === 1);
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])(
    'was never made when the error is %s',
    (code) => {
      expect(neverConnected(Object.assign(new Error('x'), { code }))).toBe(true);
    },
  );

  it.each([undefined, '', 'ECONNRESET', 'UND_ERR_SOCKET'])('may have been made when the error is %j', (code) => {
    expect(neverConnected(Object.assign(new Error('x'), { code }))).toBe(false);
  });
});

describe('a process', () => {
  it.each([
    [200, true],
    [201, false],
    [503, false],
  ])('that answers %i to GET /readyz is ready: %j', async (status, ready) => {
    target.answer = (_req, res) => json(res, status, {});
    expect(await isReady(transport)(target.url)).toBe(ready);
    expect(target.requests).toMatchObject([{ method: 'GET', path: '/readyz' }]);
  });

  it('has a second to answer', async () => {
    const late = jest.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort(new Error('too late')));
    closing.push(() => late.mockRestore());
    await expect(isReady(transport)(target.url)).rejects.toThrow('too late');
    expect(late).toHaveBeenCalledWith(1_000);
  });
});
