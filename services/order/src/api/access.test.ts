import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Got, Sent } from '../../../../tests/e2e/http.ts';
import { address, cart } from '../../../../tests/e2e/orders.ts';
import { type System, startSystem } from '../../../../tests/e2e/system.ts';

const as = (customer: string, more: Sent = {}): Sent => ({ headers: { 'X-Caller': `customer:${customer}` }, ...more });
const outcome = ({ status, body }: Got) => [status, body.code];
const items = cart().items;

let system: System;
let adas: string;
let bobs: string;

beforeAll(async () => {
  system = await startSystem();
  adas = await placed('ada');
  bobs = await placed('bob');
});
afterAll(() => system.stop());

async function placed(customer: string): Promise<string> {
  const { status, body } = await system.order.post('/orders', { items, shippingAddress: address }, as(customer));
  expect([status, body.customer]).toEqual([201, { id: customer }]);
  return body.id;
}

describe('a customer who places an order', () => {
  it('need not give his id', async () => {
    const { status, body } = await system.order.post('/orders', { items }, as('ada'));
    expect([status, body.customer]).toEqual([201, { id: 'ada' }]);
  });

  it('may give it, and his name', async () => {
    const customer = { id: 'ada', name: 'Ada' };
    const { body } = await system.order.post('/orders', { items, customer }, as('ada'));
    expect(body.customer).toEqual(customer);
    expect((await system.order.post('/orders', { items, customerId: 'ada' }, as('ada'))).status).toBe(201);
  });

  it('has the mail address of his token, whatever he gives, and none if it has none', async () => {
    const customer = { id: 'ada', email: 'stranger@example.com' };
    const headers = { 'X-Caller': 'customer:ada', 'X-Caller-Email': 'ada@shop.example' };
    const mailed = await system.order.post('/orders', { items, customer }, { headers });
    expect(mailed.body.customer).toEqual({ id: 'ada', email: 'ada@shop.example' });
    expect((await system.order.post('/orders', { items, customer }, as('ada'))).body.customer).toEqual({ id: 'ada' });
    expect((await system.order.post('/orders', { items, customerId: 'ada' }, { headers })).body.customer).toEqual({
      id: 'ada',
      email: 'ada@shop.example',
    });
  });

  it('named by an operator has the mail address that the operator gives', async () => {
    const customer = { id: 'ada', email: 'ada@home.example' };
    const operator = { headers: { 'X-Caller': 'operator:eve' } };
    expect((await system.order.post('/orders', { items, customer }, operator)).body.customer).toEqual(customer);
  });

  it.each([{ customerId: 'bob' }, { customer: { id: 'bob' } }])('cannot do so for another: %j', async (other) => {
    const before = await system.order.get('/orders?customerId=bob');
    const got = await system.order.post('/orders', { items, ...other }, as('ada'));
    expect(outcome(got)).toEqual([403, 'FORBIDDEN']);
    expect((await system.order.get('/orders?customerId=bob')).body).toEqual(before.body);
  });

  it('may give his name alone', async () => {
    const { status, body } = await system.order.post('/orders', { items, customer: 'Ada' }, as('ada'));
    expect([status, body.customer]).toEqual([201, { name: 'Ada', id: 'ada' }]);
  });

  it('gives it only once', async () => {
    const twice = { items, customerId: 'ada', customer: { id: 'ada' } };
    expect(outcome(await system.order.post('/orders', twice, as('ada')))).toEqual([400, 'VALIDATION_FAILED']);
    expect(outcome(await system.order.post('/orders', twice))).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('cannot have an invalid id', async () => {
    for (const name of ['', 'a b', 'ada, bob', 'x'.repeat(65)]) {
      expect(outcome(await system.order.get('/orders', as(name)))).toEqual([401, 'CALLER_REQUIRED']);
    }
  });
});

describe('a guest', () => {
  const GUEST = /^guest:[0-9a-f-]{36}$/;
  const operator = { headers: { 'X-Caller': 'operator:eve' } };

  it.each([
    ['without tokens, who gives nothing of himself', {}, undefined, {}],
    ['without tokens, who gives his name', { customer: 'John Doe' }, undefined, { name: 'John Doe' }],
    ['whose name an operator gives', { customer: 'John Doe' }, operator, { name: 'John Doe' }],
    ['without a name has none, for a service', {}, { headers: { 'X-Caller': 'service:shop' } }, {}],
  ])('%s', async (_who, given, sent, customer) => {
    const { status, body } = await system.order.post('/orders', { items, ...given }, sent);
    expect([status, body.customer]).toEqual([201, { ...customer, id: expect.stringMatching(GUEST) }]);
  });

  it('has another id with each order, even under the same name, which is not that of the order', async () => {
    const place = () => system.order.post('/orders', { items, customer: 'John Doe' });
    const [one, other] = (await Promise.all([place(), place()])).map(({ body }) => body);
    expect(one.customer.id).not.toBe(other.customer.id);
    expect(one.customer.id).not.toContain(one.id);
  });

  it('who repeats his request with its key gets the same answer, byte for byte', async () => {
    const place = () => system.order.post('/orders', { items, customer: 'John Doe' }, { key: 'a guest' });
    const first = await place();
    expect([first.status, (await place()).text]).toEqual([201, first.text]);
  });

  it('has an id that nobody can order with, with a token or without', async () => {
    const { body } = await system.order.post('/orders', { items });
    const { id } = body.customer;
    for (const given of [{ customerId: id }, { customer: { id } }]) {
      for (const sent of [undefined, operator, as(id)]) {
        expect(outcome(await system.order.post('/orders', { items, ...given }, sent))).toEqual([
          400,
          'VALIDATION_FAILED',
        ]);
      }
    }
  });

  it('is nobody whose orders a customer of the same name sees', async () => {
    const { body } = await system.order.post('/orders', { items, customer: 'ada' });
    expect(outcome(await system.order.get(`/orders/${body.id}`, as('ada')))).toEqual([404, 'ORDER_NOT_FOUND']);
  });

  it('is not an operator with a token who names nobody: he orders for himself', async () => {
    expect((await system.order.post('/orders', { items }, operator)).body.customer).toEqual({ id: 'eve' });
  });
});

describe('a checkout', () => {
  const checkout = { headers: { 'X-Caller': 'checkout:shop' } };
  const charges = [{ kind: 'SHIPPING', amount: 4.99 }];
  const customer = { id: 'carol', email: 'carol@home.example' };

  it('places orders for others, and says what is charged', async () => {
    const { status, body } = await system.order.post('/orders', { items, customer, charges }, checkout);
    expect([status, body.customer, body.charges]).toEqual([201, customer, charges]);
  });

  it('places them for a guest if it names nobody', async () => {
    const { body } = await system.order.post('/orders', { items }, checkout);
    expect(body.customer.id).toMatch(/^guest:/);
  });

  it('does neither see nor change what it placed, or what others did', async () => {
    const { body } = await system.order.post('/orders', { items, customer }, checkout);
    for (const id of [body.id, adas]) {
      expect(outcome(await system.order.get(`/orders/${id}`, checkout))).toEqual([404, 'ORDER_NOT_FOUND']);
      expect((await system.order.post(`/orders/${id}/cancel`, {}, checkout)).status).toBe(404);
      for (const command of ['fulfill', 'process', 'refund']) {
        const answer = await system.order.post(`/orders/${id}/${command}`, {}, checkout);
        expect(outcome(answer)).toEqual([403, 'FORBIDDEN']);
      }
    }
    expect((await system.order.get('/orders?customerId=carol', checkout)).body.items).toEqual([]);
  });

  it('has a customer who is refused charges of his own', async () => {
    expect(outcome(await system.order.post('/orders', { items, charges }, as('carol')))).toEqual([
      403,
      'CHARGES_FORBIDDEN',
    ]);
  });
});

describe('the order of another', () => {
  const put = { shippingAddress: { ...address, city: 'Shelbyville' } };
  const requests: [what: string, send: (id: string) => Promise<Got>][] = [
    ['be read', (id) => system.order.get(`/orders/${id}`, as('ada'))],
    ['be read as it was', (id) => system.order.get(`/orders/${id}?version=1`, as('ada'))],
    ['be read as it was then', (id) => system.order.get(`/orders/${id}?at=2999-01-01T00:00:00Z`, as('ada'))],
    ['be read by its events', (id) => system.order.get(`/orders/${id}/events`, as('ada'))],
    [
      'be read as a timeline',
      (id) =>
        system.order.get(`/orders/${id}/events`, { headers: { Accept: 'text/plain', 'X-Caller': 'customer:ada' } }),
    ],
    [
      'be watched',
      (id) =>
        system.order.get(`/orders/${id}/events`, {
          headers: { Accept: 'text/event-stream', 'X-Caller': 'customer:ada' },
        }),
    ],
    ['be tracked', (id) => system.order.get(`/orders/${id}/track`, as('ada'))],
    ['be changed', (id) => system.order.put(`/orders/${id}`, put, as('ada'))],
    [
      'be changed with a guess at its version',
      (id) => system.order.put(`/orders/${id}`, put, { headers: { 'If-Match': '"99"', 'X-Caller': 'customer:ada' } }),
    ],
    ['be confirmed', (id) => system.order.post(`/orders/${id}/confirm`, undefined, as('ada'))],
    ['be cancelled', (id) => system.order.post(`/orders/${id}/cancel`, {}, as('ada'))],
    ['be deleted', (id) => system.order.delete(`/orders/${id}`, as('ada'))],
    ['be returned', (id) => system.order.post(`/orders/${id}/return`, undefined, as('ada'))],
  ];

  it.each(requests)('cannot %s, and is 404 like one that never existed', async (_what, send) => {
    const { body: before } = await system.order.get(`/orders/${bobs}/events`);
    const never = '00000000-0000-7000-8000-000000000000';
    const [others, nobodys] = [await send(bobs), await send(never)];
    expect(outcome(others)).toEqual([404, 'ORDER_NOT_FOUND']);
    const plain = (got: Got) => ({
      ...got.body,
      traceId: '',
      instance: got.body.instance.replaceAll(/[0-9a-f-]{36}/g, ''),
    });
    expect({ ...plain(others), detail: '' }).toEqual({ ...plain(nobodys), detail: '' });
    expect(others.body.detail).toBe(nobodys.body.detail.replace(never, bobs));
    expect((await system.order.get(`/orders/${bobs}/events`)).body).toEqual(before);
  });

  it.each(['', '?customerId=ada', '?status=CONFIRMED', '?from=2000-01-01T00:00:00Z', '?limit=1'])(
    'is in no list: %s',
    async (query) => {
      const seen: string[] = [];
      let next = query;
      do {
        const { body } = await system.order.get(`/orders${next}`, as('ada'));
        seen.push(...body.items.map((order: { customer: { id: string } }) => order.customer.id));
        next = body.nextCursor === null ? '' : `?limit=1&cursor=${body.nextCursor}`;
      } while (next);
      expect(seen.length).toBeGreaterThan(0);
      expect(new Set(seen)).toEqual(new Set(['ada']));
    },
  );

  it('is in no list, not even in one of its customer', async () => {
    const { status, body } = await system.order.get('/orders?customerId=bob', as('ada'));
    expect([status, body]).toEqual([200, { items: [], nextCursor: null }]);
  });

  it.each([
    ['be processed', (id: string) => system.order.post(`/orders/${id}/process`, undefined, as('bob'))],
    ['be fulfilled', (id: string) => system.order.post(`/orders/${id}/fulfill`, undefined, as('bob'))],
    ['be given a status', (id: string) => system.order.put(`/orders/${id}/status`, { status: 'CANCELLED' }, as('bob'))],
  ])('cannot %s by any customer, not even his own', async (_what, send) => {
    expect(outcome(await send(bobs))).toEqual([403, 'FORBIDDEN']);
  });

  it('is not the answer to a request with the key of another', async () => {
    const path = `/orders/${bobs}/confirm`;
    expect((await system.order.post(path, undefined, as('bob', { key: 'shared' }))).status).toBe(200);
    expect((await system.order.post(path, undefined, as('bob', { key: 'shared' }))).status).toBe(200);
    const got = await system.order.post(path, undefined, as('ada', { key: 'shared' }));
    expect(outcome(got)).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('a customer’s own order', () => {
  it('can be read in every way', async () => {
    expect((await system.order.get(`/orders/${adas}`, as('ada'))).body.id).toBe(adas);
    expect((await system.order.get(`/orders/${adas}?version=1`, as('ada'))).body.version).toBe(1);
    expect((await system.order.get(`/orders/${adas}/events`, as('ada'))).body.events.length).toBeGreaterThan(1);
    expect((await system.order.post(`/orders/${adas}/fulfill`)).status).toBe(200);
    expect((await system.order.get(`/orders/${adas}/track`, as('ada'))).status).toBe(200);
  });

  it('can be cancelled', async () => {
    const id = await placed('ada');
    expect((await system.order.delete(`/orders/${id}`, as('ada'))).body.status).toBe('CANCELLED');
  });
});

it('without tokens, every order can be read', async () => {
  for (const id of [adas, bobs]) expect((await system.order.get(`/orders/${id}`)).status).toBe(200);
});
