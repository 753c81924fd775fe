import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemHealth } from '@oms/shared/contracts/gateway';
import { held, json, type Target } from '../../../tests/support/call-target.ts';
import { freePort } from '../../../tests/support/free-port.ts';
import { gatewayWorld } from '../../../tests/support/gateway.ts';
import { ask } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';
import { together } from './health.ts';
import { SERVICES } from './targets.ts';

const world = gatewayWorld();
afterEach(() => world.close());

const says =
  (status: string, code = 200): Target['answer'] =>
  (_req, res) =>
    json(res, code, { status });

async function health(url: string) {
  const { status, body } = await ask(`${url}/health`);
  expect(status).toBe(200);
  return SystemHealth.parse(body);
}

describe('the health of the system', () => {
  let targets: Record<string, Target>;
  let env: Record<string, string>;

  beforeEach(async () => {
    targets = {};
    env = {};
    for (const name of SERVICES) {
      const target = await world.target();
      target.answer = says('UP');
      targets[name] = target;
      env[`${name.toUpperCase()}_SERVICE_URL`] = target.url;
    }
  });

  it('is UP when every service is UP', async () => {
    const { url } = await world.gateway(env);
    const { status, service, dependencies } = await health(url);
    expect([status, service]).toEqual(['UP', 'gateway']);
    expect(dependencies).toEqual(
      Object.fromEntries(
        SERVICES.map((name) => [name, { status: 'UP', addresses: [{ url: targets[name]?.url, status: 'UP' }] }]),
      ),
    );
  });

  it('is UP without a catalog where that is configured, and shows NONE', async () => {
    const { url } = await world.gateway({ ...env, PRODUCT_SERVICE_URL: 'none' });
    const { status, dependencies } = await health(url);
    expect([status, dependencies.product]).toEqual(['UP', { status: 'NONE', addresses: [] }]);
    expect(await ask(`${url}/products`)).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
  });

  it('shows which service is DOWN, is DEGRADED, or answers nonsense', async () => {
    const { url } = await world.gateway(env);
    await targets.order?.close();
    (targets.payment as Target).answer = says('DEGRADED');
    (targets.shipping as Target).answer = (_req, res) => void res.end('<html>');
    (targets.product as Target).answer = says('UP', 503);
    const { status, dependencies } = await health(url);
    const statuses = Object.entries(dependencies).map(([name, one]) => [name, one.status]);
    expect([status, Object.fromEntries(statuses)]).toEqual([
      'DEGRADED',
      { order: 'DOWN', inventory: 'UP', payment: 'DEGRADED', shipping: 'DOWN', product: 'DOWN', notification: 'UP' },
    ]);
  });

  it('shows every address of a service', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const order = `${targets.order?.url},${nowhere}`;
    const { dependencies } = await health((await world.gateway({ ...env, ORDER_SERVICE_URL: order })).url);
    expect(dependencies.order).toEqual({
      status: 'DEGRADED',
      addresses: [
        { url: targets.order?.url, status: 'UP' },
        { url: nowhere, status: 'DOWN' },
      ],
    });
  });

  it('is answered although several services hang, by one look for all requests', async () => {
    const { url } = await world.gateway(env);
    const { answer, waiting, release } = held();
    for (const name of ['order', 'payment', 'shipping']) (targets[name] as Target).answer = answer;
    const asking = Array.from({ length: 5 }, () => health(url));
    await until(() => waiting.length === 3);
    const answers = await Promise.all(asking);
    for (const { dependencies } of answers) expect(dependencies.order?.status).toBe('DOWN');
    expect(waiting).toHaveLength(3);
    release();
  });
});

it('the gateway is ready and alive although no service is', async () => {
  const { url } = await world.gateway();
  expect((await health(url)).status).toBe('DEGRADED');
  for (const path of ['/readyz', '/livez']) expect((await ask(url + path)).status).toBe(200);
});

it.each([
  [['UP', 'UP'], 'UP'],
  [['DOWN', 'DOWN'], 'DOWN'],
  [['UP', 'DOWN'], 'DEGRADED'],
  [['DEGRADED', 'DOWN'], 'DEGRADED'],
  [['UP', 'DEGRADED'], 'DEGRADED'],
] as const)('addresses that are %j are together %s', (statuses, expected) => {
  expect(together([...statuses])).toBe(expected);
});
