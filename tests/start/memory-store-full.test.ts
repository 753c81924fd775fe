import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, startTarget, type Target } from '../support/call-target.ts';
import { freePort } from '../support/free-port.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { ask, post, type Received } from '../support/tiny-service.ts';

const AT_ONCE = 20;
/** More orders than fit in the heap of the service. */
const FLOOD = 8_000;
/** The flood ends after so many refused orders in a row. */
const REFUSED = 500;
const LONG = 'W'.repeat(200);
const order = {
  customerId: 'ada',
  items: Array.from({ length: 100 }, (_, i) => ({
    productId: `P${i}`,
    quantity: 1,
    price: 1,
    name: `${LONG.slice(4)}${i}`,
  })),
  shippingAddress: { name: LONG, street: LONG, city: LONG, zip: '1', country: 'US' },
};

const at = new Date().toISOString();
const reservation = (status: string) => ({ orderId: 'any', status, items: [], updatedAt: at });
const payment = (status: string) => ({
  ...{ id: 'any', orderId: 'any', status, amount: 1, captured: 0, refunded: 0, currency: 'USD', method: 'tok_visa' },
  ...{ createdAt: at, updatedAt: at },
});
/** The answers of the participants: every call succeeds immediately. */
const ANSWERS: Record<string, [status: number, body: object]> = {
  '/inventory/reserve': [201, reservation('RESERVED')],
  '/inventory/release': [200, reservation('RELEASED')],
  '/payments/authorize': [201, payment('AUTHORIZED')],
  '/payments/refund': [200, payment('VOIDED')],
  '/shipments/cancel': [200, { orderId: 'any', status: 'CANCELLED' }],
};

let others: Target;
let service: ServiceProcess;
beforeAll(async () => {
  others = await startTarget();
  others.answer = (req, res) => json(res, ...(ANSWERS[req.url as string] as [number, object]));
  const of = (name: string) => [`${name}_SERVICE_URL`, others.url];
  const env = {
    ...Object.fromEntries(['INVENTORY', 'PAYMENT', 'SHIPPING'].map(of)),
    PRODUCT_SERVICE_URL: 'none',
    NODE_OPTIONS: '--max-old-space-size=100',
    LOG_LEVEL: 'warn',
  };
  service = new ServiceProcess({ service: 'order', name: 'order', port: await freePort(), env });
  await service.start();
});
afterAll(async () => {
  service?.end();
  await others?.close();
});

const look = (path: string) => ask(`${service.url}${path}`);
const place = (key: string) => post(`${service.url}/orders`, order, { 'Idempotency-Key': key });

describe('an order service in memory that is flooded with more orders than its heap can hold', () => {
  let placed: [key: string, answer: Received][];
  let refused: [key: string, answer: Received][];
  let health: Received | undefined;
  let metrics: Received | undefined;

  beforeAll(async () => {
    [placed, refused] = [[], []];
    let [sent, inARow] = [0, 0];
    const customer = async () => {
      while (sent < FLOOD && inARow < REFUSED && service.diedOfItself.length === 0) {
        const key = `k${sent++}`;
        const answer = await place(key).catch(() => undefined);
        if (!answer) continue;
        (answer.status === 201 ? placed : refused).push([key, answer]);
        inARow = answer.status === 201 ? 0 : inARow + 1;
        if (inARow === AT_ONCE) [health, metrics] = await Promise.all([look('/health'), look('/metrics')]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, customer));
  }, 120_000);

  it('keeps running', async () => {
    expect(service.diedOfItself).toEqual([]);
    expect((await ask(`${service.url}/readyz`)).status).toBe(200);
  });

  it('refuses new orders with 503 STORE_FULL, and stores nothing of them', async () => {
    expect(refused.length).toBeGreaterThanOrEqual(REFUSED);
    for (const [, { status, body, headers }] of refused) {
      expect([status, body.code, headers['retry-after']]).toEqual([503, 'STORE_FULL', expect.any(String)]);
    }
    const last = (await ask(`${service.url}/orders?limit=1`)).body.items as { id: string }[];
    expect(placed.map(([, { body }]) => body.id)).toContain(last[0]?.id);
  });

  it('still shows orders, answers retries with the same key, and carries out cancellations', async () => {
    const [key, { text, body }] = placed.at(-1) as [string, Received];
    const again = await place(key);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([text, 'true']);
    const cancelled = await post(`${service.url}/orders/${body.id}/cancel`, {});
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'CANCELLED']);
    expect((await ask(`${service.url}/orders/${body.id}`)).body.status).toBe('CANCELLED');
  });

  it('reports it in its health and its metrics', () => {
    expect(health?.body).toMatchObject({ status: 'DEGRADED', dependencies: { store: 'FULL' } });
    expect(metrics?.text).toContain('store_full{service="order"} 1');
  });
});
