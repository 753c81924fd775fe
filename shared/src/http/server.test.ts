import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { appOf, ask, post, sendRaw, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';
import { Lifecycle } from '../service/lifecycle.ts';
import { unreachable } from '../store/postgres-errors.ts';
import { listen } from './server.ts';

let tiny: Tiny;
beforeEach(async () => {
  tiny = await startTiny();
});
afterEach(() => tiny.close());

const LONG_MS = 60_000;

function drain(graceMs = LONG_MS): Promise<void> {
  tiny.lifecycle.drain();
  return tiny.listening.close(graceMs);
}

describe('readiness', () => {
  it('begins once the service listens', async () => {
    expect((await ask(`${tiny.url}/readyz`)).status).toBe(200);
  });

  it('is absent while the service starts, although it is alive', async () => {
    const server = createServer(appOf({ ...tiny.parts, lifecycle: new Lifecycle() })).listen(0, '127.0.0.1');
    await until(() => server.listening);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status, body } = await ask(`${url}/readyz`);
    const { status: live } = await ask(`${url}/livez`);
    server.close();
    expect([status, body.code, body.detail]).toEqual([503, 'SERVICE_UNAVAILABLE', 'The service is starting.']);
    expect(live).toBe(200);
  });

  it('is absent while the service drains, although it is alive', async () => {
    tiny.lifecycle.drain();
    const { status, body } = await ask(`${tiny.url}/readyz`);
    expect([status, body.code, body.detail]).toEqual([503, 'SERVICE_UNAVAILABLE', 'The service is draining.']);
    expect((await ask(`${tiny.url}/livez`)).status).toBe(200);
  });

  it('is absent while the store cannot be reached', async () => {
    const ping = jest.spyOn(tiny.store, 'ping').mockRejectedValue(unreachable(new Error('no route')));
    const { status, body } = await ask(`${tiny.url}/readyz`);
    expect([status, body.code, body.detail]).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
      'The database cannot be reached at the moment.',
    ]);
    ping.mockRestore();
  });
});

describe('a graceful shutdown', () => {
  it('answers requests in flight, and takes no new ones', async () => {
    const inFlight = ask(`${tiny.url}/slow`).catch((error) => ({ body: error }));
    await until(() => tiny.slow.begun === 1);
    const closed = drain();
    await expect(ask(`${tiny.url}/things/a`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    tiny.slow.finish();
    expect((await inFlight).body).toEqual({ slow: true });
    await closed;
  });

  it('closes kept-alive connections, idle ones at once and others with the next answer', async () => {
    const agent = new Agent({ keepAlive: true });
    await Promise.all([ask(`${tiny.url}/things/a`, { agent }), ask(`${tiny.url}/docs`, { agent })]);
    const inFlight = ask(`${tiny.url}/slow`, { agent });
    await until(() => tiny.slow.begun === 1);
    const closed = drain();
    tiny.slow.finish();
    expect((await inFlight).headers.connection).toBe('close');
    await closed;
    agent.destroy();
  });

  it('closes connections that were never used', async () => {
    const socket = connect(tiny.listening.port, '127.0.0.1');
    await once(socket, 'connect');
    await ask(`${tiny.url}/livez`);
    const closed = drain();
    await once(socket.resume(), 'close');
    await closed;
  });

  it('closes connections whose answers did not say so, too', async () => {
    const agent = new Agent({ keepAlive: true });
    const stream = ask(`${tiny.url}/events`, { agent, headers: { Accept: 'text/event-stream' } });
    await until(() => Object.values(agent.sockets).length === 1);
    await post(`${tiny.url}/things`, { id: 'a', size: 1 });
    await drain();
    expect((await stream).text).toContain(': connected');
    agent.destroy();
  });

  it('cuts what is not answered after the grace period', async () => {
    const inFlight = ask(`${tiny.url}/slow`).catch((error) => error);
    await until(() => tiny.slow.begun === 1);
    await drain(20);
    expect(await inFlight).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('an idle connection', () => {
  it.each([
    [undefined, 'longer than most load balancers keep it', 'timeout=75'],
    [620_000, 'as long as is wanted', 'timeout=620'],
  ])('is kept %s ms: %s', async (keepAliveMs, _as, timeout) => {
    const at = { port: 0, host: '127.0.0.1', ...(keepAliveMs && { keepAliveMs }) };
    const { port, close } = await listen(appOf(tiny.parts), new Lifecycle(), at);
    const agent = new Agent({ keepAlive: true });
    const { headers } = await ask(`http://127.0.0.1:${port}/livez`, { agent });
    expect(headers['keep-alive']).toBe(timeout);
    agent.destroy();
    await close(LONG_MS);
  });
});

describe('input that is not HTTP', () => {
  it('is answered with a problem, and the connection closed', async () => {
    const answer = await sendRaw(tiny.listening.port, 'HELO there\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 400, code: 'MALFORMED_REQUEST' });
  });

  it('is 431 when the headers are too large', async () => {
    const answer = await sendRaw(
      tiny.listening.port,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 Request Header Fields Too Large\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 431, code: 'MALFORMED_REQUEST' });
  });

  it('does not disturb the requests of others', async () => {
    await sendRaw(tiny.listening.port, '\u0000\u0001\r\n\r\n');
    expect((await ask(`${tiny.url}/things/a`)).status).toBe(200);
  });
});

describe('a service that cannot listen', () => {
  it('says why', async () => {
    await expect(listen(tiny.app, new Lifecycle(), { port: tiny.listening.port, host: '127.0.0.1' })).rejects.toThrow(
      /EADDRINUSE/,
    );
  });
});
