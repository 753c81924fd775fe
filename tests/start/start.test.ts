import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../support/free-port.ts';
import { Starter } from '../support/starter.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

const CORE = ['order', 'inventory', 'payment', 'shipping'];

let starter: Starter;

afterEach(() => starter.cleanUp());

async function start(...asked: Parameters<typeof Starter.run>): Promise<Starter> {
  starter = await Starter.run(...asked);
  return starter;
}

async function ready(...services: string[]): Promise<Starter> {
  await start(services);
  await starter.says('Ready in');
  return starter;
}

/** Runs the example from the welcome text. */
async function placeFirst(): Promise<unknown> {
  const call = starter.output.match(/curl -s (\S+) -H "Content-Type: (\S+)" -d '(.*)'$/m);
  const [, url, type, body] = call as unknown as [string, string, string, string];
  return (await fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body })).json();
}

describe('services started by npm start', () => {
  it('answer at the addresses in the printed table', async () => {
    const { output } = await ready('inventory', 'payment');
    for (const service of ['inventory', 'payment']) {
      const url = starter.urlOf(service);
      expect(output).toMatch(new RegExp(`^ +${service} +${url} +${url}/docs +\\d+$`, 'm'));
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      expect((await fetch(`${url}/chaos`)).status).toBe(200);
    }
  });

  it('come with an example of a first order that works', async () => {
    await ready('order', 'inventory', 'payment', 'shipping', 'product');
    expect(await placeFirst()).toMatchObject({ status: 'CONFIRMED' });
  });

  it('run without a catalog if configured so; the table and the health show it', async () => {
    await start(CORE, { env: { PRODUCT_SERVICE_URL: 'none' } });
    await starter.says('Ready in');
    expect(starter.output).toMatch(/^ +product +none +the price that an order names counts$/m);
    const health = await (await fetch(`${starter.urlOf('order')}/health`)).json();
    expect(health).toMatchObject({ status: 'UP', dependencies: { product: 'NONE' } });
    expect(await placeFirst()).toMatchObject({ status: 'CONFIRMED' });
  });

  it('fail some requests on purpose with --chaos', async () => {
    await start(['inventory'], { flags: ['--chaos'] });
    await starter.says('Ready in');
    const chaos = await (await fetch(`${starter.urlOf('inventory')}/chaos`)).json();
    expect(chaos).toMatchObject({ enabled: true, failureRate: 0.05 });
  });

  it('log with their names in front', async () => {
    const started = await ready('inventory', 'payment');
    await until(() => /^inventory \| \{.*"message":"ready"/m.test(started.output));
    await until(() => /^payment {3}\| \{.*"message":"ready"/m.test(started.output));
  });

  it('all stop on SIGTERM, the order service first, and leave no process behind', async () => {
    await ready('order', 'inventory', 'payment');
    const pids = ['order', 'inventory', 'payment'].map((name) => starter.pidOf(name));
    starter.signal('SIGTERM');
    expect(await starter.ended()).toBe(0);
    expect(pids.filter(lives)).toEqual([]);
    const stopped = starter.output.split('\n').filter((line) => line.includes('"message":"stopped"'));
    expect(stopped).toHaveLength(3);
    expect(stopped[0]).toMatch(/^order /);
  });

  it('keep running when one of them crashes, and the crash is reported', async () => {
    await ready('inventory', 'payment');
    process.kill(starter.pidOf('payment'), 'SIGKILL');
    await starter.says('payment has ended unexpectedly (SIGKILL); still running: inventory');
    expect((await fetch(`${starter.urlOf('inventory')}/readyz`)).status).toBe(200);
    starter.signal('SIGTERM');
    expect(await starter.ended()).toBe(1);
  });

  it('stop when npm start is killed', async () => {
    await ready('inventory', 'payment');
    starter.signal('SIGKILL');
    expect(await starter.ended()).toBeNull();
    await starter.fallsSilent('inventory');
    await starter.fallsSilent('payment');
  });
});

describe('the order service, started alone', () => {
  it('accepts no price without the catalog, whose address it knows', async () => {
    await ready('order');
    const price = 0.01;
    const body = JSON.stringify({ customerId: 'ada', items: [{ productId: 'PROD001', quantity: 1, price }] });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${starter.urlOf('order')}/orders`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({
      code: expect.stringMatching(/^(PRODUCTS_UNAVAILABLE|PRICE_CHANGED)$/),
    });
    expect(starter.output).toMatch(/^ +product +http:\/\/127\.0\.0\.1:3004 +.*not started here$/m);
  });

  it('says so when it has the port at which it expects another service', async () => {
    const PORT = String(await freePort());
    await start(['order'], { env: { PORT, SHIPPING_SERVICE_URL: `http://127.0.0.1:${PORT}` } });
    await starter.says('Ready in');
    expect(starter.output).toContain('order is there: set SHIPPING_SERVICE_URL');
  });

  it('expects the other services at the same HOST', async () => {
    const HOST = '127.0.0.2';
    const ORDER_SERVICE_URL = `http://${HOST}:${await freePort()}`;
    await start(['order'], { env: { HOST, ORDER_SERVICE_URL } });
    await starter.says('Ready in');
    expect(starter.output).toMatch(/^ +product +http:\/\/127\.0\.0\.2:3004 +not started here$/m);
  });

  it('uses the catalog of an earlier start by its address', async () => {
    const catalog = await ready('product');
    const PRODUCT_SERVICE_URL = catalog.urlOf('product');
    const order = await Starter.run(['order'], { env: { PRODUCT_SERVICE_URL } });
    try {
      await order.says('Ready in');
      expect(order.output).not.toContain('none');
      expect(order.output).toContain(`${PRODUCT_SERVICE_URL} `);
    } finally {
      await order.cleanUp();
    }
  });
});

describe('a service that hangs', () => {
  it('is killed after the shutdown timeout; the others stop gracefully', async () => {
    await ready('inventory', 'payment');
    process.kill(starter.pidOf('payment'), 'SIGSTOP');
    starter.signal('SIGTERM');
    expect(await starter.ended()).toBe(1);
    expect(starter.output).toMatch(/^inventory \| .*"message":"stopped"/m);
    expect(starter.output).toMatch(/^start {5}\| payment is killed: not stopped within \d+ ms$/m);
    expect(starter.output).not.toContain('inventory is killed');
  });

  it('is killed immediately when Ctrl-C is pressed again', async () => {
    await ready('payment');
    process.kill(starter.pidOf('payment'), 'SIGSTOP');
    await starter.insists('SIGINT');
    expect(await starter.ended()).toBe(1);
    expect(starter.output).toContain('payment is killed: asked twice');
  });
});

describe('npm start is refused', () => {
  it('when a port is taken; one line names the service, and how to choose another port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await start(['inventory', 'payment'], { env: { PAYMENT_SERVICE_URL: `http://127.0.0.1:${port}` } });
    expect(await starter.ended()).toBe(1);
    other.close();
    expect(starter.output).toMatch(
      new RegExp(`^Port ${port}, which payment needs, is taken\\. .*PAYMENT_SERVICE_URL=http://127.0.0.1:\\d+\n$`),
    );
  });

  it('when a service is unknown; one line names the known services', async () => {
    await start([], { flags: ['inventry'] });
    expect(await starter.ended()).toBe(1);
    expect(starter.output).toMatch(/^There is no service inventry\. The services are: order, inventory, .*\n$/);
  });

  it('when the environment is invalid; every invalid variable is named', async () => {
    await start(['inventory'], { env: { LOG_LEVEL: 'loud', DRAIN_MS: 'long' } });
    expect(await starter.ended()).toBe(1);
    expect(starter.output).toMatch(/^inventory \| +LOG_LEVEL: /m);
    expect(starter.output).toMatch(/^inventory \| +DRAIN_MS: /m);
    expect(starter.output).toContain('inventory could not be started (exit code 1, see above).');
    expect(starter.output).not.toMatch(/^ +at /m);
  });
});

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
