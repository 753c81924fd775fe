import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { paths } from './client/schema.js';

const api = createClient<paths>({ baseUrl: process.env.BASE_URL ?? '' });
const { data: token } = await api.POST('/auth/token', { body: { userId: 'ada', roles: ['admin'] } });
api.use({ onRequest: ({ request }) => request.headers.set('Authorization', `Bearer ${token?.token}`) });

const shippingAddress = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
const body = { customerId: 'ada', items: [{ productId: 'PROD001', quantity: 3 }], shippingAddress };
const header = { 'Idempotency-Key': crypto.randomUUID() };
const { data: order } = await api.POST('/orders', { body, params: { header } });
assert(order);
assert.equal((await api.POST('/orders', { body, params: { header } })).data?.id, order.id);
const params = { path: { id: order.id } };
assert.equal((await api.GET('/orders/{id}', { params })).data?.status, 'CONFIRMED');
const { data: followed } = await api.GET('/orders/{id}/events', { params });
assert.equal(followed?.events[0]?.type, 'order.placed');

const one = { items: [{ lineId: '1', quantity: 1 }] };
const { data: part } = await api.POST('/orders/{id}/fulfill', { params, body: one });
assert.equal(part?.status, 'PARTIALLY_SHIPPED');
const { data: shipped } = await api.POST('/orders/{id}/fulfill', { params, body: {} });
assert.deepEqual([shipped?.status, shipped?.shipments.length], ['SHIPPED', 2]);

const { data: other } = await api.POST('/orders', { body });
const ofOther = { params: { path: { id: other?.id ?? '' } } };
assert.equal((await api.POST('/orders/{id}/cancel', { ...ofOther, body: {} })).data?.status, 'CANCELLED');
const { error } = await api.POST('/orders/{id}/fulfill', { ...ofOther, body: {} });
assert.equal(error?.code, 'INVALID_TRANSITION');
