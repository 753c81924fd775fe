import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { served } from '../../test/order-service.ts';
import { ADDRESS, OrderWorld, TRACE } from '../../test/order-world.ts';
import { refused } from '../../test/scripted-participants.ts';
import type { OrderDoc } from '../book/order-book.ts';
import { changeAddress } from '../domain/commands.ts';

let world: OrderWorld;
let process: ReturnType<OrderWorld['process']>;
let http: ReturnType<typeof served>;
let id: string;
beforeEach(async () => {
  world = new OrderWorld();
  process = world.process();
  http = served(world, process);
  id = await world.bring('CONFIRMED');
});
afterEach(async () => {
  await http.close();
  await world.end();
});

/** Changes its address as often. */
async function move(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const address = { ...ADDRESS, zip: `${i}` };
    await world.book.decide({ traceId: TRACE }, id, (doc) => ({
      events: changeAddress((doc as OrderDoc).order, address, times),
    }));
  }
}
const versionsIn = ({ body }: { body: { events: { version: number }[] } }) => body.events.map(({ version }) => version);
const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, i) => from + i);
const placing = 5;

describe('the events of an order', () => {
  it('come in pages, each with the next one (pagination)', async () => {
    await move(10);
    const all = upTo(placing + 10);
    const first = await http.get(`/orders/${id}/events?limit=6`);
    expect([versionsIn(first), first.body.next]).toEqual([all.slice(0, 6), 6]);
    expect(first.headers.link).toBe(`</orders/${id}/events?limit=6&after=6>; rel="next"`);
    const second = await http.get(`/orders/${id}/events?limit=6&after=6`);
    const third = await http.get(`/orders/${id}/events?limit=6&after=12`);
    expect([versionsIn(second), second.body.next]).toEqual([all.slice(6, 12), 12]);
    expect([versionsIn(third), third.body.next, third.headers.link]).toEqual([all.slice(12), null, undefined]);
  });

  it('are never more than fit into a page, however many there are', async () => {
    await move(300);
    const usual = await http.get(`/orders/${id}/events`);
    const largest = await http.get(`/orders/${id}/events?limit=200`);
    expect([versionsIn(usual), usual.body.next]).toEqual([upTo(50), 50]);
    expect([versionsIn(largest), largest.body.next]).toEqual([upTo(200), 200]);
    expect((await http.get(`/orders/${id}/events?limit=201`)).status).toBe(400);
    const read = await http.get(`/orders/${id}/events`, { headers: { Accept: 'text/plain' } });
    expect(read.text.split('\n')).toHaveLength(200 + 4);
    expect(read.text).toContain('go on with ?after=200');
  });

  it('after the last are none', async () => {
    const { body } = await http.get(`/orders/${id}/events?after=${placing}`);
    expect(body).toEqual({ orderId: id, events: [], next: null });
  });
});

describe('a change of the address', () => {
  const put = (city: string) => http.put(`/orders/${id}`, { shippingAddress: { ...ADDRESS, city } });

  it('to the same address is answered, and changes nothing', async () => {
    expect(await put('Shelbyville')).toMatchObject({ status: 200, body: { version: placing + 1 } });
    expect(await put('Shelbyville')).toMatchObject({ status: 200, body: { version: placing + 1 } });
    expect(await world.types(id)).toHaveLength(placing + 1);
  });

  it('is refused after very many changes: the order stays small', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++) statuses.push((await put(`City ${i}`)).status);
    expect(statuses).toEqual([...Array(20).fill(200), ...Array(10).fill(409)]);
    expect((await put('One more')).body).toMatchObject({ code: 'ADDRESS_CHANGED_TOO_OFTEN', most: 20 });
    expect(await world.types(id)).toHaveLength(placing + 20);
  });
});

describe('a stream of the events of an order', () => {
  const stream = (from: Record<string, string> = {}, query = '') =>
    http.get(`/orders/${id}/events${query}`, { headers: { Accept: 'text/event-stream', ...from } });
  const idsIn = ({ text }: { text: string }) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, one]) => Number(one));

  it('ends with the last possible event', async () => {
    await process.ask('cancel-order', id);
    const answer = await stream();
    const { version } = await world.order(id);
    expect(idsIn(answer)).toEqual(upTo(version));
    expect(answer.text).toMatch(/event: end\ndata: \{\}\n\n$/);
  });

  it('goes on until that event', async () => {
    const streaming = stream();
    await process.ask('cancel-order', id);
    const answer = await streaming;
    const { version } = await world.order(id);
    expect(idsIn(answer)).toEqual(upTo(version));
    expect(answer.text).toMatch(/event: end\ndata: \{\}\n\n$/);
  });

  it('does not send the end when the service stops: its client connects again', async () => {
    await process.ask('fulfil-order', id);
    const streaming = stream();
    process.lifecycle.drain();
    expect((await streaming).text).not.toContain('event: end');
  });

  it('of a rejected order does not end before everything is undone', async () => {
    id = world.newOrderId();
    world.participants.script = { 'authorize-payment': refused };
    const asked = process.ask('place-order', id);
    await world.soon(asked);
    const answer = await stream();
    expect(answer.text).toContain('event: saga.undone');
    expect(answer.text).toMatch(/event: end\ndata: \{\}\n\n$/);
  });

  it('is 204 for a client that has the last possible event', async () => {
    await process.ask('cancel-order', id);
    const { version } = await world.order(id);
    const after = (last: number) => stream({ 'Last-Event-ID': String(last) });
    const [whole, tail] = [await after(version), await after(version - 1)];
    expect([whole.status, whole.text]).toEqual([204, '']);
    expect([tail.status, idsIn(tail)]).toEqual([200, [version]]);
  });

  it('begins after the requested version', async () => {
    await process.ask('cancel-order', id);
    const { version } = await world.order(id);
    const answer = await stream({}, '?after=3');
    expect(idsIn(answer)).toEqual(upTo(version, 4));
  });
});
