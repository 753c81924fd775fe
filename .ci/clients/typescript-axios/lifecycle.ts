import assert from 'node:assert/strict';
import { isAxiosError } from 'axios';
import { Configuration, ErrorCode, GatewayApi, OrderStatus, OrdersApi, type Problem, Role } from './client/index.js';

const { data: token } = await new GatewayApi().issueToken({ userId: 'ada', roles: [Role.Admin] });
const orders = new OrdersApi(new Configuration({ accessToken: token.token }));

const shippingAddress = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
const cart = { customerId: 'ada', items: [{ productId: 'PROD001', quantity: 3 }], shippingAddress };
const key = crypto.randomUUID();
const { data: order } = await orders.placeOrder(cart, undefined, key);
assert.equal((await orders.placeOrder(cart, undefined, key)).data.id, order.id);
assert.equal((await orders.getOrder(order.id)).data.status, OrderStatus.Confirmed);
assert.equal((await orders.getOrderEvents(order.id)).data.events[0]?.type, 'order.placed');

const one = { items: [{ lineId: '1', quantity: 1 }] };
const { data: part } = await orders.fulfillOrder(order.id, one);
assert.equal(part.status, OrderStatus.PartiallyShipped);
const { data: shipped } = await orders.fulfillOrder(order.id, {});
assert.deepEqual([shipped.status, shipped.shipments.length], [OrderStatus.Shipped, 2]);

const { data: other } = await orders.placeOrder(cart);
assert.equal((await orders.cancelOrder(other.id, {})).data.status, OrderStatus.Cancelled);
const refused: unknown = await orders.fulfillOrder(other.id, {}).catch((error: unknown) => error);
assert(isAxiosError<Problem>(refused));
assert.equal(refused.response?.data.code, ErrorCode.InvalidTransition);
