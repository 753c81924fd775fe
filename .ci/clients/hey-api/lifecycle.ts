import assert from 'node:assert/strict';
import { client } from './client/client.gen.js';
import { cancelOrder, fulfillOrder, getOrder, getOrderEvents, issueToken, placeOrder } from './client/index.js';

const { data: token } = await issueToken({ body: { userId: 'ada', roles: ['admin'] } });
client.setConfig({ auth: token?.token });

const shippingAddress = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
const body = { customerId: 'ada', items: [{ productId: 'PROD001', quantity: 3 }], shippingAddress };
const headers = { 'Idempotency-Key': crypto.randomUUID() };
const { data: order } = await placeOrder({ body, headers });
assert(order);
assert.equal((await placeOrder({ body, headers })).data?.id, order.id);
const path = { id: order.id };
assert.equal((await getOrder({ path })).data?.status, 'CONFIRMED');
assert.equal((await getOrderEvents({ path })).data?.events[0]?.type, 'order.placed');

const { data: part } = await fulfillOrder({ path, body: { items: [{ lineId: '1', quantity: 1 }] } });
assert.equal(part?.status, 'PARTIALLY_SHIPPED');
const { data: shipped } = await fulfillOrder({ path, body: {} });
assert.deepEqual([shipped?.status, shipped?.shipments.length], ['SHIPPED', 2]);

const { data: other } = await placeOrder({ body });
const ofOther = { path: { id: other?.id ?? '' } };
assert.equal((await cancelOrder({ ...ofOther, body: {} })).data?.status, 'CANCELLED');
const { error } = await fulfillOrder({ ...ofOther, body: {} });
assert.equal(error?.code, 'INVALID_TRANSITION');
