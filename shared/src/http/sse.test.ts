import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { ask, post, startTiny, type Tiny } from '../../../tests/tiny-service.ts';
import { until } from '../../../tests/until.ts';
import { MemoryStore } from '../store/memory.ts';
import { streamEvents } from './sse.ts';

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
  it('begins with the events there are, and goes on with each new one', async () => {
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

  it('goes on after the Last-Event-ID of a client that comes back', async () => {
    for (const id of ['a', 'b', 'c']) await create(id);
    const { stream } = openStream('/events', { 'Last-Event-ID': '2' });
    await until(() => stream.ids().length > 0);
    await create('d');
    await until(() => stream.ids().length > 1);
    expect(stream.ids()).toEqual(['3', '4']);
  });

  it('begins anew, and says so, for a client whose place lies beyond the end: that was in a feed that is gone', async () => {
    await create('a');
    const { stream } = openStream('/events', { 'Last-Event-ID': '57' });
    await until(() => stream.ids().length === 1);
    await create('b');
    await until(() => stream.ids().length === 2);
    expect(stream.ids()).toEqual(['1', '2']);
    expect(stream.text.indexOf('event: anew')).toBeLessThan(stream.text.indexOf('id: 1'));
    expect(stream.text).toContain('event: anew\n');
  });

  it('goes on quietly for a client who has seen the last event there is', async () => {
    await create('a');
    const { stream } = openStream('/events', { 'Last-Event-ID': '1' });
    await until(() => stream.text !== '');
    await create('b');
    await until(() => stream.ids().length === 1);
    expect(stream.ids()).toEqual(['2']);
    expect(stream.text).not.toContain('anew');
  });

  it('tells only what happens from now on, for whoever asks for that', async () => {
    await create('a');
    const { stream } = openStream('/events?after=end');
    await until(() => stream.text !== '');
    await create('b');
    await until(() => stream.ids().length === 1);
    expect(stream.ids()).toEqual(['2']);
  });

  it('begins after the position asked for', async () => {
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

  it('does not miss an event that comes while it looks for others', async () => {
    const { store } = tiny;
    const look = store.events.bind(store);
    let looks = 0;
    store.events = async (query) => {
      const found = await look(query);
      if (++looks === 2) await create('b');
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

describe('a reader that is slow, or gone', () => {
  const EVENTS = 1_000;

  async function startStreaming() {
    const store = new MemoryStore<unknown>({ now: () => 0 });
    const event = { stream: 's', type: 'big', at: 0, traceId: '', data: 'x'.repeat(40_000) };
    const put = [{ id: event.stream, data: {} }];
    await store.write([event.stream], undefined, () => ({ put, events: Array(EVENTS).fill(event) }));
    const seen = { rendered: 0, open: 0 };
    const ended = new AbortController();
    const app = express().get('/', async (req, res) => {
      seen.open++;
      const render = (one: unknown) => {
        seen.rendered++;
        return one;
      };
      await streamEvents(req, res, { store, after: '0', idOf: (one) => one.position, render, ended: ended.signal });
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

  it('is let go of when the connection closes, whether it waits for events or for room', async () => {
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
