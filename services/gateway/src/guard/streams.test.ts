import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import type { Target } from '../../../../tests/support/call-target.ts';
import { gatewayWorld } from '../../../../tests/support/gateway.ts';
import { until } from '../../../../tests/support/until.ts';
import { bearer, INSIDE, SECRET } from '../../test/guarded-app.ts';

const world = gatewayWorld();
let orders: Target;
let gateway: Awaited<ReturnType<typeof world.gateway>>;
/** The service's end of what was asked of it. */
let open: ServerResponse[];
const jwt = { AUTH_MODE: 'jwt', JWT_SECRET: SECRET, INTERNAL_TOKEN: INSIDE };

async function start(env: Record<string, string>): Promise<void> {
  orders = await world.target();
  open = [];
  orders.answer = (req, res) => {
    if (!String(req.headers.accept).includes('event-stream')) return void res.end('{}');
    res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    open.push(res);
  };
  gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url, STREAMS_PER_CALLER: '2', ...env });
}
beforeEach(() => start(jwt));
afterEach(() => world.close());

const token = (userId: string, role = 'customer', seconds = 600) =>
  new SignJWT({ roles: [role] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuer('order-management')
    .setAudience('order-management')
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(SECRET));

async function opened(path: string, headers: Record<string, string>) {
  const req = request(gateway.url + path, { headers: { Accept: 'text/event-stream', ...headers } }).end();
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const client = { status: res.statusCode, headers: res.headers, text: '', ended: false, leave: () => req.destroy() };
  res.setEncoding('utf8').on('data', (chunk) => (client.text += chunk));
  res.on('end', () => (client.ended = true)).on('error', () => {});
  req.on('error', () => {});
  return client;
}

describe('a client with as many streams as it may have', () => {
  it('is refused another, of any order, before any service is called', async () => {
    const ada = bearer(await token('ada'));
    for (const id of ['o1', 'o2']) expect((await opened(`/orders/${id}/events`, ada)).status).toBe(200);
    const refused = await opened('/api/orders/o3/events', ada);
    await until(() => refused.ended);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '30']);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'TOO_MANY_STREAMS', most: 2 });
    expect(open).toHaveLength(2);
  });

  it('may send all other requests, and others may open theirs', async () => {
    const [ada, bob] = [bearer(await token('ada')), bearer(await token('bob'))];
    for (const id of ['o1', 'o2']) await opened(`/orders/${id}/events`, ada);
    expect((await opened('/orders/o3', { ...ada, Accept: 'application/json' })).status).toBe(200);
    expect((await opened('/orders/o3/events', bob)).status).toBe(200);
  });

  it('may open another when one has ended, from either side', async () => {
    const ada = bearer(await token('ada'));
    const first = await opened('/orders/o1/events', ada);
    await opened('/orders/o2/events', ada);
    first.leave();
    await until(async () => (await opened('/orders/o3/events', ada)).status === 200);
    open[1]?.end();
    await until(async () => (await opened('/orders/o4/events', ada)).status === 200);
  });

  it('is an operator with the console, too', async () => {
    const olga = bearer(await token('olga', 'admin'));
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await opened('/live', olga)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await opened('/orders/o1/events', olga)).status).toBe(429);
  });

  it('is counted by its address where there are no tokens', async () => {
    await world.close();
    await start({ TRUST_PROXY: '1' });
    const from = (address: string) => ({ 'X-Forwarded-For': address });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await opened('/orders/o1/events', from('10.0.0.1'))).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await opened('/orders/o1/events', from('10.0.0.2'))).status).toBe(200);
  });
});

describe('a stream whose token expires', () => {
  /** A token that has just expired is still taken for a few seconds, since clocks differ. */
  const expiring = -3;

  it.each([
    ['customer', '/orders/o1/events'],
    ['admin', '/live'],
  ])('ends in order: that of a %s (token expired)', async (role, path) => {
    const client = await opened(path, bearer(await token('ada', role, expiring)));
    expect(client.status).toBe(200);
    await until(() => client.ended);
    if (path !== '/live') await until(() => orders.abandoned === 1);
    await until(async () => (await opened(path, bearer(await token('ada', role, expiring - 5)))).status === 401);
  });

  it('does not end another, whose token is still valid', async () => {
    const lasting = await opened('/orders/o1/events', bearer(await token('ada', 'customer', 90 * 24 * 60 * 60)));
    const brief = await opened('/orders/o1/events', bearer(await token('bob', 'customer', expiring)));
    await until(() => brief.ended);
    expect(lasting.ended).toBe(false);
  });
});
