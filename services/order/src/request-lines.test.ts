import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Peers } from '@oms/shared/resilience/peers';
import type { ServiceParts } from '@oms/shared/service/parts';
import { createParts } from '@oms/shared/service/service';
import { client } from '../../../tests/support/answers.ts';
import { json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import type { OrderDoc } from './book/order-book.ts';
import { readConfig } from './config.ts';
import { assemble } from './main.ts';

const customer = { id: 'ada', name: 'Ada Lovelace', email: 'ada@shop.example' };
const items = [{ productId: 'P1', quantity: 1, price: 1 }];

let others: Target;
let parts: ServiceParts<OrderDoc>;
let order: ReturnType<typeof assemble>;
let lines: Record<string, unknown>[];
beforeEach(async () => {
  others = await startTarget();
  others.answer = (_req, res) => json(res, 200, { id: 'ID', status: 'DONE' });
  const urls = Object.fromEntries(['INVENTORY', 'PAYMENT', 'SHIPPING'].map((of) => [`${of}_SERVICE_URL`, others.url]));
  const config = readConfig({ LOG_LEVEL: 'silent', PRODUCT_SERVICE_URL: 'none', ...urls });
  parts = await createParts<OrderDoc>('order', config);
  order = assemble(parts, new Peers(parts), config);
  lines = [];
  jest.spyOn(parts.log, 'log').mockImplementation(((_level: string, message: string, line: object) => {
    if (message === 'request') lines.push({ ...line });
  }) as never);
});
afterEach(async () => {
  await order.background.stop();
  await others.close();
});

describe("the line of a request in the order service's log", () => {
  it('names the order and its customer, whoever asks, and neither name nor mail', async () => {
    const { id } = (await client(order.app).post('/orders', { customer, items })).body;
    for (const path of ['', '/events', '/track']) await client(order.app).get(`/orders/${id}${path}`);
    await client(order.app).post(`/orders/${id}/process`);
    await client(order.app).post(`/orders/${id}/cancel`);
    const about = lines.map(({ method, path, orderId, customerId }) => ({ method, path, orderId, customerId }));
    expect(about).toHaveLength(6);
    for (const line of about) expect(line).toMatchObject({ orderId: id, customerId: 'ada' });
    expect(JSON.stringify(lines)).not.toMatch(/Lovelace|@/);
  });

  it('names the customer who asks, and not the one whose order it is', async () => {
    const { id } = (await client(order.app).post('/orders', { customer, items })).body;
    expect((await client(order.app).get(`/orders/${id}`, { headers: { 'X-Caller': 'customer:bob' } })).status).toBe(
      404,
    );
    expect(lines.at(-1)).toMatchObject({ orderId: id, customerId: 'bob' });
  });
});
