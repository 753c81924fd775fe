import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { apiDocument } from '../../services/gateway/src/document/document.ts';
import { confirmed, shipped } from './orders.ts';
import { type System, startSystem } from './system.ts';

/** The examples of the API document do what they show. */

interface Content {
  schema: object;
  examples: Record<string, { value: unknown }>;
}
interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content> }>;
}
const { paths, components } = apiDocument('1.2.3') as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object };
};

const examples = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { operationId, requestBody, responses }]) =>
    Object.entries(requestBody?.content['application/json']?.examples ?? {}).map(([example, { value }]) => ({
      ...{ method, path, name: operationId, example, responses },
      text: JSON.stringify(value),
    })),
  ),
);

let system: System;
beforeAll(async () => {
  const all = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification', 'gateway'] as const;
  system = await startSystem({ AUTH_TOKENS: 'true' }, all);
});
afterAll(() => system.stop());

/** What is there before an example is sent, by operation: the values of the path, and the order that examples call ORDER1. */
type Before = (orderId: string) => Promise<Record<string, string>>;
const items = [{ productId: 'PROD001', quantity: 2 }];
const an = async (order: Promise<string>) => ({ id: await order });
const ofTwo = () => an(confirmed(system, { items }));
const reserved: Before = async (orderId) => {
  await system.inventory.post('/inventory/reserve', { orderId, items });
  return {};
};
const authorized: Before = async (orderId) => {
  await system.payment.post('/payments/authorize', { orderId, amount: 29.99 });
  return {};
};
const booked: Before = async (orderId) => {
  const body = { orderId, items, shippingAddress: { street: '12 Main St' } };
  return { id: (await system.shipping.post('/shipments', body)).body.id };
};
const delivered = async () => {
  const { id, shipmentId } = await shipped(system);
  const path = `/shipments/${shipmentId}/status`;
  for (const status of ['IN_TRANSIT', 'DELIVERED']) await system.shipping.put(path, { status });
  return { id };
};
const subscribed = async () => {
  const { body } = await system.gateway.post('/webhooks', { url: 'https://shop.example.com/', events: ['*'] });
  return { id: body.id };
};
/** Nothing answers where parcels are booked, so that the saga stays unfinished. */
const unfinished = async () => {
  const orderId = await confirmed(system);
  await system.kill('shipping');
  await system.gateway.post(`/orders/${orderId}/fulfill`, {}, { headers: { Prefer: 'respond-async' } });
  return { orderId };
};
const BEFORE: Record<string, Before> = {
  updateOrder: () => an(confirmed(system)),
  fulfillOrder: ofTwo,
  cancelOrder: ofTwo,
  deleteOrder: ofTwo,
  returnOrder: delivered,
  refundOrder: delivered,
  changeOrderStatus: () => an(confirmed(system)),
  changeProduct: async () => ({ productId: 'PROD002' }),
  addStock: async () => ({ productId: 'PROD001' }),
  holdStock: async () => ({ productId: 'PROD001' }),
  unholdStock: async () => {
    await system.inventory.post('/inventory/PROD001/reserve', { quantity: 2 });
    return { productId: 'PROD001' };
  },
  commitStock: reserved,
  releaseStock: reserved,
  restockStock: async (orderId) => {
    await reserved(orderId);
    await system.inventory.post('/inventory/commit', { orderId });
    return {};
  },
  capturePayment: authorized,
  refundPayment: async (orderId) => {
    await authorized(orderId);
    await system.payment.post('/payments/capture', { orderId });
    return {};
  },
  changeShipmentStatus: booked,
  deliverShipmentOfOrder: booked,
  cancelShipmentOfOrder: booked,
  changeWebhook: subscribed,
  replayWebhook: subscribed,
  retrySaga: unfinished,
  compensateSaga: unfinished,
  resolveSaga: unfinished,
};
const AFTER: Record<string, () => Promise<unknown>> = {
  retrySaga: () => system.revive('shipping'),
  compensateSaga: () => system.revive('shipping'),
  resolveSaga: () => system.revive('shipping'),
  putChaos: () => system.gateway.put('/chaos', { enabled: false }),
};

it.each(examples)('$name, $example: $text', async ({ name, method, path, text, responses }) => {
  const orderId = randomUUID();
  const values = (await BEFORE[name]?.(orderId)) ?? {};
  const target = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => values[parameter] as string);
  const response = await fetch(system.gateway.url + target, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: text.replaceAll('ORDER1', orderId),
  });
  const body = await response.json();
  await AFTER[name]?.();
  const schema = responses[response.status]?.content?.['application/json']?.schema;
  expect({ body, ok: response.ok, fault: faultIn(schema, body) }).toEqual({ body, ok: true, fault: undefined });
});

function faultIn(schema: object | undefined, value: unknown): string | undefined {
  const local = (part: object) => JSON.parse(JSON.stringify(part).replaceAll('#/components/schemas/', '#/$defs/'));
  if (!schema) return 'this status is not documented';
  return z.fromJSONSchema({ ...local(schema), $defs: local(components.schemas) }).safeParse(value).error?.message;
}
