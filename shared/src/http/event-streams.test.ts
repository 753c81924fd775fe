import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import express from 'express';
import { ask, post, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';
import { MemoryStore } from '../store/memory.ts';
import { EventStreams } from './event-streams.ts';

let tiny: Tiny;
beforeEach(async () => {
  tiny = await startTiny();
});
afterEach(() => tiny.close());

const create = (id: string) => post(`${tiny.url}/things`, { id, size: 1 });

function openStream(path = '/events', headers: Record<string, string> = {}) {
  const stream = { text: '', ended: false, ids: () => [...stream.text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id) };
  const req = request(tiny.url + path, { headers: { Accept: 'text/event-stream', ...headers } }, (res) => {
    res.setEncoding('utf8').on('data', (chunk) => (stream.text += chunk));
    res.on('end', () => (stream.ended = true)).on('error', () => {});
  });
  req.on('error', () => {}).end();
  return { stream, hangUp: () => req.destroy() };
}

describe('a stream of events', () => {
  it('begins with the existing events, and goes on with each new one', async () => {
    await create('a');
    const { stream } = openStream();
    await until(() => stream.ids().length === 1);
    await create('b');
    await until(() => stream.ids().length === 2);
    const [, , second] = stream.text.split('\n\n');
    const [id, event, data] = (second ?? '').split('\n');
    expect([id, event]).toEqual(['id: 2', 'event: thing.created']);
    expect(JSON.parse((data ?? '').slice('data: '.length))).toMatchObject({
      id: 'thing/b:1',
      type: 'thing.created',
      at: '2026-01-01T00:00:00.000Z',
      data: { id: 'b' },
      stream: 'thing/b',
      position: '2',
    });
  });

  it('sends a heartbeat every 15 s, and none any more when it is over', async () => {
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout', 'performance', 'Date', 'queueMicrotask'],
    });
    try {
      const { stream, hangUp } = openStream();
      await until(() => stream.text.includes(': connected'));
      jest.advanceTimersByTime(14_999);
      await create('a');
      await until(() => stream.ids().length === 1);
      expect(stream.text).not.toContain('still here');
      jest.advanceTimersByTime(1);
      await until(() => stream.text.endsWith(': still here\n\n'));
      hangUp();
      await until(() => jest.getTimerCount() === 0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('continues after the Last-Event-ID of a client that connects again', async () => {
    for (const id of ['a', 'b', 'c']) await create(id);
    const { stream } = openStream('/events', { 'Last-Event-ID': '2' });
    await until(() => stream.ids().length > 0);
    await create('d');
    await until(() => stream.ids().length > 1);
    expect(stream.ids()).toEqual(['3', '4']);
  });

  it('starts again, and says so, for a client whose place is beyond the end: it belongs to an earlier feed', async () => {
    await create('a');
    const { stream } = openStream('/events', { 'Last-Event-ID': '57' });
    await until(() => stream.ids().length === 1);
    await create('b');
    await until(() => stream.ids().length === 2);
    expect(stream.ids()).toEqual(['1', '2']);
    expect(stream.text.indexOf('event: anew')).toBeLessThan(stream.text.indexOf('id: 1'));
    expect(stream.text).toContain('event: anew\n');
  });

  it('continues for a client that has the last event', async () => {
    await create('a');
    const { stream } = openStream('/events', { 'Last-Event-ID': '1' });
    await until(() => stream.text !== '');
    await create('b');
    await until(() => stream.ids().length === 1);
    expect(stream.ids()).toEqual(['2']);
    expect(stream.text).not.toContain('anew');
  });

  it('sends only events from now on, if that is requested', async () => {
    await create('a');
    const { stream } = openStream('/events?after=end');
    await until(() => stream.text !== '');
    await create('b');
    await until(() => stream.ids().length === 1);
    expect(stream.ids()).toEqual(['2']);
  });

  it('begins after the requested position', async () => {
    for (const id of ['a', 'b', 'c']) await create(id);
    const { stream } = openStream('/events?after=1');
    await until(() => stream.ids().length === 2);
    expect(stream.ids()).toEqual(['2', '3']);
  });

  it('loses none of the events that come in a burst', async () => {
    const { stream } = openStream();
    await Promise.all(Array.from({ length: 450 }, (_, i) => create(`t${i}`)));
    await until(() => stream.ids().length === 450);
    expect(stream.ids()).toEqual(Array.from({ length: 450 }, (_, i) => String(i + 1)));
  });

  it('does not miss an event that is written while it reads others', async () => {
    const { store } = tiny;
    const look = store.events.bind(store);
    let looks = 0;
    store.events = async (query) => {
      const found = await look(query);
      if (++looks === 1) await create('b');
      return found;
    };
    await create('a');
    const { stream } = openStream();
    await until(() => stream.ids().length === 2);
  });

  it('ends when the service drains', async () => {
    const { stream } = openStream();
    await until(() => stream.text !== '');
    tiny.lifecycle.drain();
    await until(() => stream.ended);
  });

  it('ends at once when the service drains already', async () => {
    tiny.lifecycle.drain();
    const { text } = await ask(`${tiny.url}/events`, { headers: { Accept: 'text/event-stream' } });
    expect(text).toBe(': connected\n\n');
  });
});

it('a stream sends what was written during its last look before it ends', async () => {
  const store = new MemoryStore<unknown>({ now: () => 0 });
  const happens = (type: string) =>
    store.write(['s'], undefined, () => ({
      put: [{ id: 's', data: {} }],
      events: [{ stream: 's', type, at: 0, traceId: '', data: {} }],
    }));
  await happens('begun');
  const streams = new EventStreams({ store, lifecycle: tiny.lifecycle });
  let asked = 0;
  const lastEver = async () => {
    if (asked++ === 0) await happens('over');
    return '2';
  };
  const app = express().get('/', (req, res) =>
    streams.stream(req, res, {
      stream: 's',
      after: '1',
      idOf: ({ version }) => String(version),
      render: () => 0,
      lastEver,
    }),
  );
  const server = app.listen(0, '127.0.0.1');
  await until(() => server.listening);
  const { text } = await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.close();
  expect(text).toBe(': connected\n\nid: 2\nevent: over\ndata: 0\n\nevent: end\ndata: {}\n\n');
});

describe('a reader that is slow or gone', () => {
  const EVENTS = 1_000;

  async function startStreaming(slowMs?: number) {
    const store = new MemoryStore<unknown>({ now: () => 0 });
    const event = { stream: 's', type: 'big', at: 0, traceId: '', data: 'x'.repeat(40_000) };
    const put = [{ id: event.stream, data: {} }];
    await store.write([event.stream], undefined, () => ({ put, events: Array(EVENTS).fill(event) }));
    const seen = { rendered: 0, open: 0 };
    const ended = new AbortController();
    const streams = new EventStreams({ store, lifecycle: { stopping: ended.signal }, slowMs });
    const app = express().get('/', async (req, res) => {
      seen.open++;
      const render = (one: unknown) => {
        seen.rendered++;
        return one;
      };
      await streams.stream(req, res, { after: '0', idOf: (one) => one.position, render });
      seen.open--;
    });
    const server = app.listen(0, '127.0.0.1');
    await until(() => server.listening);
    const close = () => {
      ended.abort();
      server.closeAllConnections();
      server.close();
    };
    return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
  }

  it('is not sent more than it reads, and gets every event in the end', async () => {
    const { seen, url, close } = await startStreaming();
    const { body } = await fetch(url);
    const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    // The buffers between the two are full once nothing more has been rendered for a while.
    let before = -1;
    let quiet = 0;
    await until(() => {
      quiet = seen.rendered > 0 && seen.rendered === before ? quiet + 1 : 0;
      before = seen.rendered;
      return quiet === 50;
    });
    expect(seen.rendered).toBeLessThan(EVENTS / 2);

    let ids = '';
    let tail = '';
    while (!ids.endsWith(`id: ${EVENTS}\n`)) {
      const { value = '' } = await reader.read();
      const lines = (tail + value).split('\n');
      tail = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('id: ')) ids += `${line}\n`;
    }
    expect(ids).toBe(Array.from({ length: EVENTS }, (_, i) => `id: ${i + 1}\n`).join(''));
    await reader.cancel();
    await until(() => seen.open === 0);
    close();
  });

  it('is disconnected when it reads nothing for too long, and continues later where it was', async () => {
    const { seen, url, close } = await startStreaming(100);
    const received = { text: '', ended: false };
    const req = request(url, (res) => {
      res.pause();
      res.setEncoding('utf8').on('data', (chunk) => (received.text += chunk));
      res.on('error', () => {}).on('close', () => (received.ended = true));
      void until(() => seen.open === 0).then(() => res.resume());
    });
    req.on('error', () => {}).end();
    await until(() => received.ended);
    const whole = received.text.slice(0, received.text.lastIndexOf('\n\n'));
    const last = Number([...whole.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1]);
    expect(last).toBeLessThan(EVENTS / 2);

    const { body } = await fetch(url, { headers: { 'Last-Event-ID': String(last) } });
    const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('id: ')) text += (await reader.read()).value;
    expect(/id: (\d+)/.exec(text)?.[1]).toBe(String(last + 1));
    await reader.cancel();
    close();
  });

  it('is forgotten when the connection closes, whether it waits for events or for room', async () => {
    const { seen, url, close } = await startStreaming();
    const req = request(url, (res) => void res.pause());
    req.on('error', () => {}).end();
    await until(() => seen.rendered > 0);
    req.destroy();
    await until(() => seen.open === 0);
    close();

    const { stream, hangUp } = openStream();
    await until(() => stream.text !== '');
    hangUp();
    await create('a');
    expect((await ask(`${tiny.url}/events`)).body.events).toHaveLength(1);
  });
});

it('HEAD of a stream is answered, and holds no stream open', async () => {
  await tiny.close();
  tiny = await startTiny({ streamsPerCaller: 1 });
  const headers = { Accept: 'text/event-stream' };
  for (let i = 0; i < 3; i++) {
    const head = await ask(`${tiny.url}/events`, { method: 'HEAD', headers });
    expect([head.status, head.headers['content-type'], head.text]).toEqual([200, 'text/event-stream', '']);
  }
  const { stream } = openStream();
  await until(() => stream.text !== '');
  expect(stream.text).toBe(': connected\n\n');
});

describe('a caller with as many streams as allowed', () => {
  beforeEach(async () => {
    await tiny.close();
    tiny = await startTiny({ streamsPerCaller: 2 });
  });
  const as = (caller: string) => ({ 'X-Caller': caller });
  const knock = (headers: Record<string, string>) =>
    ask(`${tiny.url}/events`, { headers: { Accept: 'text/event-stream', ...headers } });

  it('is refused another', async () => {
    const caller = 'operator:olga';
    const open = [openStream('/events', as(caller)), openStream('/events', as(caller))];
    await until(() => open.every(({ stream }) => stream.text !== ''));
    const { status, body, headers } = await knock(as(caller));
    expect([status, body.code, body.most, headers['retry-after']]).toEqual([429, 'TOO_MANY_STREAMS', 2, '30']);
  });

  it('does not affect others, nor services', async () => {
    const callers = ['operator:a', 'operator:b', 'service:c'];
    const open = callers.flatMap((one) => [openStream('/events', as(one)), openStream('/events', as(one))]);
    await until(() => open.every(({ stream }) => stream.text !== ''));
  });

  it('may open another when one has ended', async () => {
    const open = [openStream('/events', as('operator:a')), openStream('/events', as('operator:a'))];
    await until(() => open.every(({ stream }) => stream.text !== ''));
    open[0]?.hangUp();
    const more = { text: '' };
    await until(async () => {
      const { stream, hangUp } = openStream('/events', as('operator:a'));
      await until(() => stream.text !== '' || stream.ended);
      more.text = stream.text;
      if (!stream.text.startsWith(':')) hangUp();
      return stream.text.startsWith(':');
    });
    expect(more.text).toBe(': connected\n\n');
  });

  it('is limited together with its requests that wait for events', async () => {
    const headers = { ...as('operator:a'), Prefer: 'wait=20' };
    const waiting = [ask(`${tiny.url}/events`, { headers }), ask(`${tiny.url}/events`, { headers })];
    await until(
      async () => (await ask(`${tiny.url}/events`, { headers: { ...headers, Prefer: 'wait=1' } })).status === 429,
    );
    await create('a');
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is counted by its address where there are no tokens', async () => {
    const from = (address: string) => ({ 'X-Forwarded-For': address });
    const open = [openStream('/events', from('10.0.0.1')), openStream('/events', from('10.0.0.1'))];
    await until(() => open.every(({ stream }) => stream.text !== ''));
    expect((await knock(from('10.0.0.1'))).status).toBe(429);
    const { stream } = openStream('/events', from('10.0.0.2'));
    await until(() => stream.text !== '');
    expect(stream.text).toBe(': connected\n\n');
  });
});
