import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { client, problem } from '../../../../tests/support/answers.ts';
import { NotificationService, placed } from '../../test/notification-service.ts';
import { type Receiver, startReceiver, subscribed } from '../../test/webhooks.ts';
import { publicReceivers } from './receivers.ts';

const URL_GIVEN = 'http://127.0.0.1:9/hook';
const given = { url: URL_GIVEN, events: ['order.*'] };

let service: NotificationService;
beforeEach(async () => {
  service = await NotificationService.start();
});
afterEach(() => service.stop());

const create = (body: object = given, key?: string) => client(service.url).post('/webhooks', body, { key });

describe('a new webhook', () => {
  it('shows its secret, and no answer shows it again', async () => {
    const made = await create({ ...given, description: 'the shop' });
    expect(made).toMatchObject({
      status: 201,
      headers: { location: `/webhooks/${made.body.id}`, 'cache-control': 'no-store' },
      body: { ...given, description: 'the shop', status: 'ACTIVE', createdAt: '2026-01-01T00:00:00.000Z' },
    });
    expect(made.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { secret: _, ...shown } = made.body;
    const path = `/webhooks/${made.body.id}`;
    const changed = await service.put(path, { ...given, description: 'the shop' });
    const later = [await service.get(path), changed, await service.delete(path)];
    expect(later.map(({ body }) => body)).toEqual([shown, shown, shown]);
    for (const { text } of [...later, await service.get('/events')]) expect(text).not.toContain(made.body.secret);
  });

  it('is made once by requests with one key, which all get the secret', async () => {
    const [one, other] = [await create(given, 'K1'), await create(given, 'K1')];
    expect(other.body).toEqual(one.body);
    expect((await service.get('/webhooks')).body.items).toHaveLength(1);
  });

  it('can be paused from the beginning', async () => {
    expect((await create({ ...given, paused: true })).body).toMatchObject({
      status: 'PAUSED',
      reason: 'paused by an operator',
    });
  });

  it.each([
    ['a type of event that there is none of', { ...given, events: ['order.plaiced'] }, 'events.0'],
    ['no events', { ...given, events: [] }, 'events'],
    ['another protocol', { ...given, url: 'ftp://shop.example/' }, 'url'],
    ['no address', { ...given, url: 'shop' }, 'url'],
    ['a user in its address', { ...given, url: 'https://user:password@shop.example/' }, 'url'],
  ])('is refused with %s', async (_, body, path) => {
    expect(await create(body)).toEqual(
      problem(400, 'VALIDATION_FAILED', { errors: [expect.objectContaining({ path })] }),
    );
  });

  it('is refused when there are fifty', async () => {
    for (let i = 0; i < 50; i++) expect((await create()).status).toBe(201);
    expect(await create()).toEqual(problem(409, 'TOO_MANY_WEBHOOKS'));
    const [{ id }] = (await service.get('/webhooks')).body.items;
    await service.delete(`/webhooks/${id}`);
    expect((await create()).status).toBe(201);
  });
});

describe('where private addresses are not allowed', () => {
  it('a webhook may neither be made with one, nor changed to one', async () => {
    await service.stop();
    const receivers = publicReceivers(async (host) => (host === 'inside.example' ? ['10.0.0.1'] : ['93.184.216.34']));
    service = await NotificationService.start({}, { receivers });
    const refused = (message: string) => problem(400, 'VALIDATION_FAILED', { errors: [{ path: 'url', message }] });
    expect(await create()).toEqual(refused('must begin with https://'));
    expect(await create({ ...given, url: 'https://127.0.0.1/' })).toEqual(refused('leads to a private address'));
    expect(await create({ ...given, url: 'https://inside.example/' })).toEqual(refused('leads to a private address'));
    const { status, body } = await create({ ...given, url: 'https://shop.example/' });
    expect(status).toBe(201);
    expect(await service.put(`/webhooks/${body.id}`, { ...given, url: 'https://inside.example/' })).toEqual(
      refused('leads to a private address'),
    );
    expect((await service.get(`/webhooks/${body.id}`)).body.url).toBe('https://shop.example/');
  });
});

describe('webhooks', () => {
  it('are listed page by page, newest first, without those that were removed', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.unshift((await create()).body.id);
      service.clock.now += 1;
    }
    await service.delete(`/webhooks/${ids[0]}`);
    const first = (await service.get('/webhooks?limit=3')).body;
    const second = (await service.get(`/webhooks?limit=3&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.slice(1));
    expect(second.nextCursor).toBeNull();
  });

  it.each([
    ['get', ''],
    ['delete', ''],
    ['get', '/deliveries'],
    ['post', '/rotate-secret'],
    ['post', '/deliveries/1/redeliver'],
  ] as const)('that are not there are 404: %s /webhooks/nobody%s', async (method, path) => {
    expect(await service[method](`/webhooks/nobody${path}`)).toEqual(problem(404, 'WEBHOOK_NOT_FOUND'));
  });

  it('that are not there can be neither changed nor replayed', async () => {
    expect(await service.put('/webhooks/nobody', given)).toEqual(problem(404, 'WEBHOOK_NOT_FOUND'));
    const from = '2025-12-31T00:00:00Z';
    expect(await service.post('/webhooks/nobody/replay', { from })).toEqual(problem(404, 'WEBHOOK_NOT_FOUND'));
  });

  it('cannot be replayed from the future, which would be a mistake', async () => {
    const { body } = await create();
    const answer = await service.post(`/webhooks/${body.id}/replay`, { from: '2026-01-02T00:00:00Z' });
    expect(answer).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('deliveries', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
    service.deliverer();
  });
  afterEach(() => receiver.close());

  it('are listed page by page, newest first, by their status', async () => {
    const hook = await subscribed(service, receiver.url);
    receiver.answer = (_, res) => res.writeHead(receiver.events().at(-1).subject === 'O3' ? 500 : 204).end();
    for (let i = 0; i < 7; i++) {
      await service.hear([placed(`O${i}`)]);
      await receiver.got(i + 1);
      await hook.has(1 + i - Number(i >= 3), 'DELIVERED');
      service.clock.now += 10;
    }
    await hook.has(1, 'FAILING');
    const orders: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await service.get(`${hook.path}/deliveries?limit=2${cursor && `&cursor=${cursor}`}`);
      orders.push(...body.items.map(({ orderId }: { orderId: string }) => orderId));
      cursor = body.nextCursor;
    }
    expect(orders).toEqual(['O6', 'O5', 'O4', 'O3', 'O2', 'O1', 'O0']);
    expect((await hook.deliveries('status=FAILING')).map(({ orderId }) => orderId)).toEqual(['O3']);
    expect(await hook.deliveries('status=DELIVERED')).toHaveLength(6);
  });

  it('are kept in a log that is bounded: the last thousand', async () => {
    const hook = await subscribed(service, receiver.url);
    const events = Array.from({ length: 1_050 }, (_, i) => placed(`O${i}`));
    for (let i = 0; i < events.length; i += 200) await service.hear(events.slice(i, i + 200));
    await receiver.got(events.length);
    await service.stop();
    const { store } = service.parts;
    const { items } = await store.list({ prefix: 'webhook-log/', limit: 200 });
    expect(items).toHaveLength(10);
    const kept = items.flatMap(({ data }) => (data.kind === 'webhook-log' ? data.deliveries : []));
    expect(kept.length).toBeLessThanOrEqual(1_000);
    expect(new Set(kept.map(({ id }) => id)).size).toBe(kept.length);
    expect(kept.length).toBeGreaterThanOrEqual(900);
    expect((await store.read(`webhook/${hook.id}`))?.data).toMatchObject({ logged: 1_050, waiting: [] });
  });

  it('cannot be made again when they are not known, or the webhook is paused', async () => {
    const hook = await subscribed(service, receiver.url);
    expect(await service.post(`${hook.path}/deliveries/7/redeliver`)).toEqual(problem(404, 'DELIVERY_NOT_FOUND'));
    await service.hear([placed('O1')]);
    await hook.has(1, 'DELIVERED');
    const [{ id } = { id: '' }] = await hook.deliveries();
    await service.put(hook.path, { url: receiver.url, events: ['*'], paused: true });
    expect(await service.post(`${hook.path}/deliveries/${id}/redeliver`)).toEqual(problem(409, 'WEBHOOK_PAUSED'));
  });

  it('can be asked for again a hundred times before they are made', async () => {
    const { body } = await create({ ...given, paused: true });
    const ask = () => service.post(`/webhooks/${body.id}/replay`, { from: '2025-12-31T00:00:00Z' });
    for (let i = 0; i < 100; i++) expect((await ask()).status).toBe(202);
    expect(await ask()).toEqual(problem(409, 'TOO_MANY_REDELIVERIES'));
  });
});
