import { createHash, randomBytes } from 'node:crypto';
import { getEventListeners, once } from 'node:events';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { held, type Target } from '../../../tests/support/call-target.ts';
import { gatewayWorld } from '../../../tests/support/gateway.ts';
import { ask, sendRaw } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';

const world = gatewayWorld();
let orders: Target;
let gateway: Awaited<ReturnType<typeof world.gateway>>;

beforeEach(async () => {
  orders = await world.target();
  gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url, GATEWAY_SILENCE_MS: '2000' });
});
afterEach(() => world.close());

/** The service's end of the stream that a client reads. */
function streams(head: Record<string, string> = { 'Content-Type': 'text/event-stream' }) {
  const open: ServerResponse[] = [];
  orders.answer = (_req, res) => {
    res.writeHead(200, head).flushHeaders();
    open.push(res);
  };
  return open;
}

async function opened(path = '/orders/1/events') {
  const req = request(gateway.url + path, { headers: { Accept: 'text/event-stream' } });
  req.end();
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const client = { req, res, text: '', ended: false, broken: false };
  res.setEncoding('utf8').on('data', (chunk) => (client.text += chunk));
  res.on('end', () => (client.ended = true)).on('error', () => (client.broken = true));
  req.on('error', () => {});
  return client;
}

describe('a stream of events', () => {
  it('begins before anything has happened, and brings each event at once', async () => {
    const open = streams();
    const client = await opened();
    expect([client.res.statusCode, client.res.headers['content-type']]).toEqual([200, 'text/event-stream']);
    for (const event of ['data: 1\n\n', 'data: 2\n\n', ': still here\n\n']) {
      const before = client.text;
      open[0]?.write(event);
      await until(() => client.text === before + event);
    }
    open[0]?.end();
    await until(() => client.ended);
  });

  it('does not wait for another client that reads nothing', async () => {
    orders.answer = (_req, res) => void res.writeHead(200).write(Buffer.alloc(20 * 1024 * 1024));
    const idle = request(`${gateway.url}/orders/large`).end();
    const [unread] = (await once(idle, 'response')) as [IncomingMessage];
    const open = streams();
    const client = await opened();
    for (let i = 1; i <= 20; i++) {
      open[0]?.write('.');
      await until(() => client.text.length === i);
    }
    unread.destroy();
    open[0]?.end();
  });

  it('is ended at the service as soon as its client is gone', async () => {
    streams();
    const client = await opened();
    client.req.destroy();
    await until(() => orders.abandoned === 1);
  });

  it('is ended in order when the gateway stops, on both sides', async () => {
    const open = streams();
    const client = await opened();
    open[0]?.write('data: 1\n\n');
    await until(() => client.text !== '');
    const stopped = gateway.stop();
    await until(() => client.ended);
    expect(client.broken).toBe(false);
    await until(() => orders.abandoned === 1);
    await stopped;
  });

  it('has an answer that begins while the gateway stops be the last on its connection', async () => {
    const { answer, waiting, release } = held();
    orders.answer = answer;
    const agent = new Agent({ keepAlive: true });
    const req = request(`${gateway.url}/orders`, { agent }).end();
    await until(() => waiting.length === 1);
    const stopped = gateway.stop();
    release();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    expect(res.resume().headers.connection).toBe('close');
    agent.destroy();
    await stopped;
  });

  it('that begins while the gateway stops is ended in order, too', async () => {
    const { answer, waiting } = held();
    orders.answer = answer;
    const opening = opened();
    await until(() => waiting.length === 1);
    const stopped = gateway.stop();
    waiting[0]?.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    const client = await opening;
    await until(() => client.ended || client.broken);
    expect([client.ended, client.broken]).toEqual([true, false]);
    await stopped;
  });

  it('goes on for longer than the beginning of an answer may take', async () => {
    gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url, GATEWAY_DEADLINE_MS: '100' });
    const open = streams();
    const client = await opened();
    const { answer } = held();
    orders.answer = answer;
    expect((await ask(`${gateway.url}/orders`)).status).toBe(504);
    open[0]?.end('data: 1\n\n');
    await until(() => client.ended);
    expect([client.text, client.broken]).toEqual(['data: 1\n\n', false]);
  });

  it('is forgotten when it ends', async () => {
    const open = streams();
    const listen = jest.spyOn(EventTarget.prototype, 'addEventListener');
    const client = await opened();
    const signals = listen.mock.contexts as AbortSignal[];
    listen.mockRestore();
    expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([1]);
    open[0]?.end();
    await until(() => client.ended);
    await until(() => signals.every((signal) => getEventListeners(signal, 'abort').length === 0));
  });

  it('takes no room from requests that wait for an answer', async () => {
    const narrow = await world.gateway({ ORDER_SERVICE_URL: orders.url, GATEWAY_CAPACITY: '1' });
    gateway = narrow;
    const open = streams();
    for (let i = 1; i <= 3; i++) {
      await opened();
      expect(open).toHaveLength(i);
    }
    for (const stream of open) stream.end();
  });
});

describe('a large answer', () => {
  const bytes = randomBytes(5 * 1024 * 1024);
  const digest = (content: Buffer | Uint8Array) => createHash('sha256').update(content).digest('hex');

  it.each([
    ['with its length', { 'Content-Length': String(bytes.length) }],
    ['without its length', {}],
  ])('arrives whole: %s', async (_what, head) => {
    orders.answer = (_req, res) => void res.writeHead(200, { 'Content-Type': 'application/pdf', ...head }).end(bytes);
    const answer = await fetch(`${gateway.url}/orders`);
    expect(digest(new Uint8Array(await answer.arrayBuffer()))).toBe(digest(bytes));
  });

  it('is fetched no faster than the client reads it, and arrives whole in the end', async () => {
    let written = 0;
    const chunks = 200;
    orders.answer = async (_req, res) => {
      res.writeHead(200);
      for (let i = 0; i < chunks; i++) {
        if (!res.write(bytes.subarray(0, 500_000))) await once(res, 'drain');
        written++;
      }
      res.end();
    };
    const req = request(`${gateway.url}/orders`).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    // The buffers on the way are full once nothing more has been written for a while.
    let before = -1;
    let quiet = 0;
    await until(() => {
      quiet = written > 0 && written === before ? quiet + 1 : 0;
      before = written;
      return quiet === 50;
    });
    expect(written).toBeLessThan(chunks / 2);
    let length = 0;
    for await (const chunk of res) length += chunk.length;
    expect(length).toBe(chunks * 500_000);
  });
});

describe('an answer that breaks off at the service', () => {
  it.each([
    ['whose length was known', { 'Content-Length': '1000' }],
    ['whose length was not known', {}],
  ])('breaks off for the client: %s', async (_what, head) => {
    orders.answer = (req, res) => void res.writeHead(200, head).write('half', () => req.socket.destroy());
    const answer = await fetch(`${gateway.url}/orders`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  it('breaks off for the client too before anything of it has come', async () => {
    gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url });
    orders.answer = (req, res) => {
      res.writeHead(200, { 'Content-Length': '1000' }).flushHeaders();
      res.write('', () => req.socket.end());
    };
    await expect(fetch(`${gateway.url}/orders`)).rejects.toThrow('fetch failed');
    expect(orders.requests).toHaveLength(1);
  });

  it('is not asked for again, though it could have been', async () => {
    orders.answer = (req, res) => void res.writeHead(200).write('half', () => req.socket.destroy());
    const text = await sendRaw(gateway.port, 'GET /orders HTTP/1.1\r\nHost: x\r\n\r\n').catch(String);
    expect(text).toMatch(/\r\n4\r\nhalf\r\n$/);
    expect(orders.requests).toHaveLength(1);
  });

  it('does no harm to the next one', async () => {
    let times = 0;
    orders.answer = (req, res) => {
      if (times++ === 0) res.writeHead(200).write('half', () => req.socket.destroy());
      else res.end('whole');
    };
    await expect(fetch(`${gateway.url}/orders`).then((answer) => answer.text())).rejects.toThrow();
    expect((await ask(`${gateway.url}/orders`)).text).toBe('whole');
  });
});

describe('an answer that stands still', () => {
  beforeEach(async () => {
    gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url, GATEWAY_SILENCE_MS: '500' });
  });

  it('because the service falls silent is cut on both sides', async () => {
    streams({ 'Content-Type': 'application/json' });
    const client = await opened();
    await until(() => client.broken);
    expect(client.ended).toBe(false);
    await until(() => orders.abandoned === 1);
  });

  it('because the client does not read is cut on both sides', async () => {
    orders.answer = (_req, res) => {
      res.writeHead(200);
      res.write(Buffer.alloc(50 * 1024 * 1024));
    };
    const req = request(`${gateway.url}/orders`).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    await until(() => orders.abandoned === 1);
    res.destroy();
  });

  it('is not one that goes on, however slowly', async () => {
    const open = streams();
    const client = await opened();
    const beat = setInterval(() => open[0]?.write('.'), 50);
    await until(() => client.text.length === 15);
    clearInterval(beat);
    expect(client.broken).toBe(false);
    open[0]?.end();
    await until(() => client.ended);
  });

  it('leaves the connection as it was for the next request', async () => {
    const waiting: ServerResponse[] = [];
    orders.answer = (req, res) => {
      if (req.url === '/orders/slow') waiting.push(res);
      else if (req.url === '/orders/silent') res.writeHead(200).flushHeaders();
      else res.end('quick');
    };
    const both =
      'GET /orders HTTP/1.1\r\nHost: x\r\n\r\nGET /orders/slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = sendRaw(gateway.port, both);
    await until(() => waiting.length === 1);
    const silent = await opened('/orders/silent');
    await until(() => silent.broken);
    waiting[0]?.end('slow');
    expect(await answers).toMatch(/quick.*slow/s);
  });
});
