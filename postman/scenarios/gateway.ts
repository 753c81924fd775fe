import { getLive, getSystemAudit, getSystemHealth, issueToken } from '@oms/shared/contracts/gateway';
import { getStock } from '@oms/shared/contracts/inventory';
import { listNotifications } from '@oms/shared/contracts/notification';
import { getBreakers } from '@oms/shared/contracts/operations';
import { cancelOrder } from '@oms/shared/contracts/order-commands';
import { getOrderEvents, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { listPayments } from '@oms/shared/contracts/payment';
import { getProduct, listProducts } from '@oms/shared/contracts/product';
import { listShipments } from '@oms/shared/contracts/shipping';
import { list, matching } from '../matcher.ts';
import { folder, refuses, says, step, stray } from '../step.ts';
import { everyService } from './every-service.ts';

export const gateway = folder('Gateway', 'The one door: everything goes through it.', [
  step(getSystemHealth, 'Health Of Everything', 'The health of every service at every address.', {
    expect: says('every service is named', 200, {
      check: ({ dependencies }) => {
        const services = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'];
        pm.expect(dependencies).to.include.all.keys(...services);
        for (const { addresses } of Object.values(dependencies)) pm.expect(addresses).to.not.be.empty;
      },
    }),
  }),
  step(placeOrder, 'Place Order', 'The same order as at the service itself.', {
    at: 'gateway',
    body: { customerId: 'CUST1', items: [{ productId: 'prod1', quantity: 1 }] },
    expect: says('confirmed, as by the service itself', 201, {
      headers: { Location: '/orders/{id}' },
      body: { status: 'CONFIRMED' },
      keep: ({ id }) => ({ gatewayOrderId: id }),
    }),
  }),
  stray('GET', '/api/orders/{{gatewayOrderId}}', 'Get Order Under /api', 'Every route is there under /api as well.', {
    at: 'gateway',
    expect: says('the same order', 200, { headers: { ETag: '"{version}"' }, body: { id: '{{gatewayOrderId}}' } }),
  }),
  step(getOrderEvents, 'Timeline', 'What happened to the order, to read.', {
    at: 'gateway',
    params: { id: '{{gatewayOrderId}}' },
    headers: { Accept: 'text/plain' },
    expect: says('a timeline to read', 200, {
      check: () => pm.expect(pm.response.text()).to.include('PENDING → CONFIRMED'),
    }),
  }),
  step(cancelOrder, 'Cancel Order', 'Gives money and stock back.', {
    at: 'gateway',
    params: { id: '{{gatewayOrderId}}' },
    body: { reason: 'changed my mind' },
    expect: says('money and stock are back', 200, { body: { status: 'CANCELLED' } }),
  }),
  step(getProduct, 'Products', 'What the product service answers.', {
    at: 'gateway',
    params: { productId: 'prod1' },
    expect: says('the product', 200, { body: { id: 'prod1' } }),
  }),
  step(getStock, 'Inventory', 'What the inventory service answers.', {
    at: 'gateway',
    expect: says('the stock', 200, {
      check: ({ available, onHand, reserved }) => pm.expect(available).to.equal(onHand - reserved),
    }),
  }),
  step(listPayments, 'Payments', 'What the payment service answers.', {
    at: 'gateway',
    query: { orderId: '{{gatewayOrderId}}' },
    expect: says('voided', 200, { body: { items: [{ status: 'VOIDED' }] } }),
  }),
  step(listShipments, 'Shipments', 'What the shipping service answers.', {
    at: 'gateway',
    query: { limit: 1 },
    expect: says('a page', 200, { body: { items: list } }),
  }),
  step(listNotifications, 'Notifications', 'What the notification service answers.', {
    at: 'gateway',
    query: { limit: 1 },
    expect: says('a page', 200, { body: { items: list } }),
  }),
  step(getBreakers, 'Breakers', 'The breakers of the order service.', {
    at: 'gateway',
    path: '/orders/circuit-breaker/status',
    expect: says('every breaker', 200, {
      check: ({ breakers }) => {
        const names = breakers.map(({ name }) => name);
        pm.expect(names).to.include.members(['inventory', 'payment', 'shipping', 'product']);
      },
    }),
  }),
  stray(
    'GET',
    '/services/payment/health',
    'A Route Of One Service',
    '/services/<name>/… reaches every route of a service.',
    { at: 'gateway', expect: says('the payment service itself', 200, { body: { service: 'payment' } }) },
  ),
  step(getSystemAudit, 'The Books', 'The records of all services held against each other.', {
    expect: says('balanced', 200, { body: { balanced: true } }),
  }),
  stray('GET', '/asyncapi.json', 'Events As AsyncAPI', 'The document of all events.', {
    at: 'gateway',
    expect: says('a document', 200, { body: { asyncapi: matching(/^3\./) } }),
  }),
  stray('HEAD', '/live', 'Head of the Live Stream', 'What the console lives on. GET keeps it open: `curl -N`.', {
    at: 'gateway',
    expect: says('there is a stream', 200, { headers: { 'Content-Type': matching(/^text\/event-stream/) } }),
  }),
  step(getLive, 'Live from Nowhere', 'A place that no stream has named. Without it, the stream does not end.', {
    headers: { 'Last-Event-ID': 'x'.repeat(201) },
    expect: refuses('the place is refused', 400, 'VALIDATION_FAILED'),
  }),
  step(issueToken, 'Get A Token', 'In development only: AUTH_TOKENS=true.', {
    body: { userId: 'ada', roles: ['customer'] },
    expect: says('a bearer token', 200, { body: { tokenType: 'Bearer', token: matching(/^[^.]+\.[^.]+\.[^.]+$/) } }),
  }),
  step(listProducts, 'Rate Limit', 'Every answer says how many requests may follow.', {
    at: 'gateway',
    expect: says('says how much is left', 200, {
      headers: { RateLimit: matching(/./), 'RateLimit-Policy': matching(/./) },
    }),
  }),
  stray('GET', '/nowhere', 'No Such Route', 'A path that leads nowhere.', {
    at: 'gateway',
    expect: refuses('a problem', 404, 'ROUTE_NOT_FOUND'),
  }),
  everyService('gateway'),
]);
