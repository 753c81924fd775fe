import type { Endpoint } from '@oms/shared/contracts/endpoint';
import { deleteOrder, fulfillOrder, processOrder, updateOrder } from '@oms/shared/contracts/order-commands';
import { getOrder, getOrderEvents, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { getHealth, getMetrics } from '@oms/shared/contracts/service';
import { requestOf } from './request.ts';
import { address, orderOf } from './scenarios/bodies.ts';

const KEEP_ID = "pm.collectionVariables.set('orderId', pm.response.json().orderId);";
const VARIABLES = { orderUrl: 'http://localhost:3000', customerId: 'CUST1', orderId: '' };

/** An example for each route in the life of an order, without any checks. */
export const orderApi = () => ({
  info: {
    _postman_id: '2b0f6c1e-9d1d-4a53-8c8e-5a0f4f3f7a02',
    name: 'Order Management API',
    description: 'An example for each route in the life of an order; OrderManagementMicroservices has all else.',
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  item: [
    example(getHealth, 'Health Check', 'Whether the order service works.'),
    example(getMetrics, 'Metrics', 'What Prometheus scrapes.'),
    example(
      placeOrder,
      'Place Order',
      'Its id becomes the variable orderId.',
      orderOf({ prod1: 2, prod2: 1 }),
      KEEP_ID,
    ),
    example(getOrder, 'Get Order', 'The order as it is now.'),
    example(getOrderEvents, 'Get Order Events', 'Everything that happened to it.'),
    example(updateOrder, 'Update Order', 'Until it ships.', { shippingAddress: { ...address, street: '7 Hill Rd' } }),
    example(processOrder, 'Process Order', 'Starts to work on it.'),
    example(fulfillOrder, 'Fulfill Order', 'Ships it.', { carrier: 'EXPRESS' }),
    example(deleteOrder, 'Cancel Order', 'Of an order that has not shipped: place another one first.'),
  ],
  variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value })),
});

function example(endpoint: unknown, name: string, about: string, body?: object, afterwards?: string): object {
  const { method, path } = endpoint as Endpoint;
  const asked = { name, about, endpoint: endpoint as Endpoint, method: method.toUpperCase(), path, body };
  const event = { listen: 'test', script: { type: 'text/javascript', exec: [afterwards] } };
  return {
    name,
    event: afterwards ? [event] : [],
    request: requestOf({ ...asked, at: 'order', expect: [] }),
    response: [],
  };
}
