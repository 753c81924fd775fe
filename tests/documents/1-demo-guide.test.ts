import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { type Api, eventually } from '../e2e/http.ts';
import { address, typesOf } from '../e2e/orders.ts';
import { comingFrom } from './coming-from.ts';
import { metricOf, source } from './looking.ts';
import { RealSystem } from './real-system.ts';

/** Its ports are ours; docs/coming-from.md has its words that were decided otherwise. */
const { services } = comingFrom(1);

const SHIPPED_HOME = {
  customer: { id: 'CUST1' },
  items: [{ productId: 'prod1', quantity: 2 }],
  shippingAddress: address,
};
const CORE = [3000, 3001, 3002, 3003] as const;
const ITS_THREE = [3000, 3001, 3002] as const;

let system: RealSystem;
let order: Api;
let inventory: Api;
let payment: Api;
let shipping: Api;
/** The order that is walked with. */
let id: string;

beforeAll(async () => {
  system = await RealSystem.start(services);
  order = system.at(3000);
  inventory = system.at(3001);
  payment = system.at(3002);
  shipping = system.at(3003);
}, 60_000);
afterAll(() => system?.end());

const placed = (more: object = {}) => order.post('/orders', { ...SHIPPED_HOME, ...more });
const reserved = async () => (await inventory.get('/inventory/prod1')).body.reserved;
const collection = () => JSON.parse(source('postman/OrderManagementMicroservices.postman_collection.json'));
interface Folder {
  name: string;
  item?: Folder[];
}
const namesIn = (folder: string): string[] => {
  const named = (items: Folder[]): string[] => items.flatMap(({ name, item = [] }) => [name, ...named(item)]);
  return named(collection().item.find(({ name }: Folder) => name === folder).item);
};

describe('System Architecture', () => {
  it('The system consists of four separate microservices', async () => {
    const names = await Promise.all(CORE.map(async (port) => (await system.at(port).get('/health')).body.service));
    expect(names).toEqual(['order', 'inventory', 'payment', 'shipping']);
  });
});

describe('Order Service (Port 3000)', () => {
  it('Manages order lifecycle', async () => {
    ({ id } = (await placed()).body);
    expect((await order.post(`/orders/${id}/process`)).body).toMatchObject({ status: 'PROCESSING' });
    expect((await order.post(`/orders/${id}/fulfill`)).body).toMatchObject({ status: 'SHIPPED' });
  });

  it('Orchestrates the saga pattern', async () => {
    const { body } = await order.get(`/orders/${id}/events`);
    const sagas = body.events.filter(({ type }: { type: string }) => type === 'saga.done');
    expect(sagas).toHaveLength(2);
  });

  it('Handles communication with other services', async () => {
    const { body } = await order.get('/health');
    expect(body.dependencies).toMatchObject({ inventory: 'CLOSED', payment: 'CLOSED', shipping: 'CLOSED' });
  });
});

describe('Inventory Service (Port 3001)', () => {
  it('Manages product inventory', async () => {
    expect(await inventory.put('/inventory/prod2', { quantity: 5 })).toMatchObject({ body: { available: 105 } });
  });

  it('Handles inventory checks, reservations, and releases', async () => {
    expect((await inventory.get('/inventory/check?productId=prod2&quantity=1')).body).toMatchObject({
      available: true,
    });
    const reservation = { orderId: 'DEMO', items: [{ productId: 'prod2', quantity: 1 }] };
    expect(await inventory.post('/inventory/reserve', reservation)).toMatchObject({ body: { status: 'RESERVED' } });
    expect(await inventory.post('/inventory/release', { orderId: 'DEMO' })).toMatchObject({
      body: { status: 'RELEASED' },
    });
  });

  it('Provides inventory status information', async () => {
    const { body } = await inventory.get('/inventory/status');
    expect(body.items).toContainEqual(expect.objectContaining({ productId: 'prod1', onHand: expect.any(Number) }));
  });
});

describe('Payment Service (Port 3002)', () => {
  it('Processes payments', async () => {
    expect((await order.get(`/orders/${id}`)).body).toMatchObject({ payment: { status: 'CAPTURED' } });
  });

  it('Authorizes and refunds transactions', async () => {
    expect(await payment.post('/payments/authorize', { orderId: 'PAY1', amount: 29.99 })).toMatchObject({
      status: 201,
    });
    expect((await payment.post('/payments/capture', { orderId: 'PAY1' })).body).toMatchObject({ status: 'CAPTURED' });
    expect((await payment.post('/payments/refund', { orderId: 'PAY1' })).body).toMatchObject({ status: 'REFUNDED' });
  });

  it('Maintains payment records', async () => {
    const [record] = (await payment.get('/payments?orderId=PAY1')).body.items;
    const { body } = await payment.get(`/payments/${record.id}/transactions`);
    expect(body.items.map(({ type }: { type: string }) => type)).toEqual(['AUTHORIZE', 'CAPTURE', 'REFUND']);
  });
});

describe('Shipping Service (Port 3003)', () => {
  it('Creates and manages shipments', async () => {
    const { body } = await shipping.get(`/shipments?orderId=${id}`);
    expect(body.items).toEqual([expect.objectContaining({ orderId: id, status: 'LABEL_GENERATED' })]);
  });

  it('Generates shipping labels', async () => {
    const { shipment } = (await order.get(`/orders/${id}`)).body;
    expect((await shipping.get(shipment.labelUrl)).text).toMatch(/^%PDF-/);
  });

  it('Provides tracking information', async () => {
    const { shipment } = (await order.get(`/orders/${id}`)).body;
    const { body } = await shipping.get(`/shipments/track/${shipment.trackingNumber}`);
    expect(body.history).toEqual([expect.objectContaining({ status: 'LABEL_GENERATED' })]);
  });

  it('Handles shipping status updates', async () => {
    const { shipment } = (await order.get(`/orders/${id}`)).body;
    const { body } = await shipping.put(`/shipments/${shipment.id}/status`, { status: 'IN_TRANSIT' });
    expect(body).toMatchObject({ status: 'IN_TRANSIT' });
  });
});

describe('Getting Started', () => {
  it('1. Run the setup script to install dependencies for all services: setup.bat', () => {
    expect(source('setup.bat')).toMatch(/^npm ci$/m);
  });

  it('2. Start all three services: start-services.bat', () => {
    expect(source('start-services.bat')).toMatch(/^npm start$/m);
  });

  it('Build and start all services using Docker Compose: docker-compose up --build', () => {
    const compose = parse(source('docker-compose.yml'), { merge: true });
    for (const name of ['order', 'inventory', 'payment', 'shipping'])
      expect(compose.services[name].build).toBeDefined();
  });
});

describe('Testing the System', () => {
  it('Import the OrderManagementMicroservices.postman_collection.json into Postman to test the system', () => {
    expect(collection().info.schema).toContain('v2.1.0');
  });

  it('Order Service: Health Check, Place Order, Get Order, Get Order Events (shows saga execution flow)', () => {
    const names = ['Health Check', 'Place Order', 'Get Order', 'Get Order Events'];
    expect(namesIn('Order Service')).toEqual(expect.arrayContaining(names));
  });

  it('Inventory Service: Health Check, Get Inventory Status, Check Inventory', () => {
    const names = ['Health Check', 'Get Inventory Status', 'Check Inventory'];
    expect(namesIn('Inventory Service')).toEqual(expect.arrayContaining(names));
  });

  it('Payment Service: Health Check, Authorize Payment', () => {
    expect(namesIn('Payment Service')).toEqual(expect.arrayContaining(['Health Check', 'Authorize Payment']));
  });

  it('Failure Scenarios: Order with Invalid Inventory, Chaos Mode (to test resilience patterns)', () => {
    const names = ['Order with Invalid Inventory', 'Chaos Mode'];
    expect(namesIn('Failure Scenarios')).toEqual(expect.arrayContaining(names));
  });
});

describe('How To Run The Demo', () => {
  it('1. Run the Health Check requests for all three services', async () => {
    for (const port of ITS_THREE)
      expect(await system.at(port).get('/health')).toMatchObject({ body: { status: 'UP' } });
  });

  it('2. Run "Get Inventory Status" in the Inventory Service folder', async () => {
    expect(await inventory.get('/inventory/prod1')).toMatchObject({ body: { productId: 'prod1' } });
  });

  it('3. Run "Place Order" in the Order Service folder', async () => {
    const answer = await placed();
    expect(answer).toMatchObject({ status: 201, body: { total: 21.98 } });
    ({ id } = answer.body);
  });

  it('3.1. Creates a pending order', async () => {
    expect((await order.get(`/orders/${id}?version=1`)).body).toMatchObject({ status: 'PENDING' });
  });

  it('3.2. Checks and reserves inventory', async () => {
    expect((await inventory.get(`/inventory/reservations/${id}`)).body).toMatchObject({ status: 'RESERVED' });
  });

  it('3.3. Processes payment', async () => {
    const { body } = await payment.get(`/payments?orderId=${id}`);
    expect(body.items).toEqual([expect.objectContaining({ status: 'AUTHORIZED', amount: 21.98 })]);
  });

  it('3.4. Confirms order if all steps succeed', async () => {
    expect((await order.get(`/orders/${id}`)).body).toMatchObject({ status: 'CONFIRMED' });
  });

  it('4. Run "Get Order" to see the order details', async () => {
    const { body } = await order.get(`/orders/${id}`);
    expect(body).toMatchObject({ id, items: SHIPPED_HOME.items, shippingAddress: address });
  });

  it('5. Run "Get Order Events" to see all events in the saga', async () => {
    const types = typesOf(await order.get(`/orders/${id}/events`));
    expect(types).toEqual(['order.placed', 'saga.step-done', 'saga.step-done', 'order.status-changed', 'saga.done']);
  });

  it('6. Run "Order with Invalid Inventory" to see how the system handles failures', async () => {
    const refused = await placed({ items: [{ productId: 'prod1', quantity: 1_000 }] });
    expect(refused).toMatchObject({ status: 409, body: { code: 'OUT_OF_STOCK' } });
    expect((await order.get(`/orders/${refused.body.orderId}`)).body).toMatchObject({ status: 'REJECTED' });
  });

  it('6. The inventory should be automatically released when payment fails', async () => {
    const before = await reserved();
    const refused = await placed({ paymentMethod: 'tok_declined' });
    expect(refused).toMatchObject({ status: 402, body: { code: 'PAYMENT_DECLINED' } });
    expect(await reserved()).toBe(before);
    id = refused.body.orderId;
  });

  it('6. Observe how compensating transactions are executed', async () => {
    expect((await inventory.get(`/inventory/reservations/${id}`)).body).toMatchObject({ status: 'RELEASED' });
  });

  it('5. The events show the complete flow including any compensating actions', async () => {
    const types = typesOf(await order.get(`/orders/${id}/events`));
    expect(types).toEqual(
      expect.arrayContaining(['saga.step-done', 'saga.step-refused', 'saga.step-undone', 'saga.undone']),
    );
  });

  it('7. Run "Chaos Mode" to introduce random failures', async () => {
    for (const service of [inventory, payment]) {
      expect(await service.put('/chaos', { enabled: true, failureRate: 0.5 })).toMatchObject({ status: 200 });
    }
  });

  it('7. Then place more orders to see how the system handles these failures', async () => {
    const soon = { headers: { Prefer: 'wait=1' } };
    const answers = await Promise.all(Array.from({ length: 10 }, () => order.post('/orders', SHIPPED_HOME, soon)));
    for (const { status } of answers) expect([201, 202, 503]).toContain(status);
    expect(await metricOf(order, 'retry_count')).toBeGreaterThan(0);
  });

  it('7. The circuit breakers and retries should help maintain reliability', async () => {
    for (const service of [inventory, payment]) await service.put('/chaos', { enabled: false });
    await order.post('/circuit-breaker/reset');
    await eventually(
      () => order.get('/sagas'),
      ({ body }) => body.items.length === 0,
    );
    expect((await order.get('/audit')).body).toMatchObject({ balanced: true });
    expect(await placed()).toMatchObject({ status: 201 });
  });
});

describe('Saga Pattern', () => {
  it('All steps are recorded as events for traceability', async () => {
    const { body } = await order.get(`/orders/${id}/events`);
    for (const event of body.events)
      expect(event).toMatchObject({ at: expect.any(String), traceId: expect.any(String) });
  });

  it('Each step has a compensating action if a later step fails', async () => {
    const { body } = await placed({ paymentMethod: 'tok_insufficient_funds' });
    expect(typesOf(await order.get(`/orders/${body.orderId}/events`))).toContain('saga.step-undone');
  });

  it('Order status reflects the current state of the saga', async () => {
    expect((await order.get(`/orders/${id}?version=2`)).body).toMatchObject({ status: 'PENDING' });
    expect((await order.get(`/orders/${id}`)).body).toMatchObject({ status: 'REJECTED' });
  });
});

describe('Idempotency', () => {
  it('Uses idempotency keys to prevent duplicate operations', async () => {
    const first = await order.post('/orders', SHIPPED_HOME, { key: 'once' });
    const second = await order.post('/orders', SHIPPED_HOME, { key: 'once' });
    expect(second.body.id).toBe(first.body.id);
  });

  it('All operations support idempotency', async () => {
    const hold = () => inventory.post('/inventory/prod2/reserve', { quantity: 1 }, { key: 'hold' });
    expect((await hold()).text).toBe((await hold()).text);
  });

  it('Safely handles retries without side effects', async () => {
    const before = await reserved();
    expect((await order.post('/orders', SHIPPED_HOME, { key: 'once' })).headers.get('idempotent-replayed')).toBe(
      'true',
    );
    expect(await reserved()).toBe(before);
  });
});

describe('Metrics & Monitoring', () => {
  it('Each service exposes metrics for monitoring: Circuit breaker states', async () => {
    expect(await metricOf(order, 'circuit_breaker_state{target="inventory"')).toBe(0);
  });

  it('Operation durations', async () => {
    for (const port of CORE)
      expect(await metricOf(system.at(port), 'http_request_duration_seconds_sum')).toBeGreaterThan(0);
  });

  it('Success/failure counts', async () => {
    expect(await metricOf(order, 'orders_total{status="CONFIRMED"')).toBeGreaterThan(0);
    expect(await metricOf(order, 'orders_total{status="REJECTED"')).toBeGreaterThan(0);
  });

  it('Standard system metrics', async () => {
    for (const port of CORE)
      expect(await metricOf(system.at(port), 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });
});

describe('Circuit Breakers and Retries, with the inventory service stopped', () => {
  beforeAll(() => system.stop('inventory'));

  it('Circuit breakers are implemented using the Opossum library', () => {
    expect(source('shared/src/resilience/breaker.ts')).toContain("from 'opossum'");
  });

  it('Provides fallback mechanisms for graceful degradation', async () => {
    const answers = [1, 2, 3, 4].map(() => order.get('/availability?productId=prod1&quantity=1'));
    for (const { body } of await Promise.all(answers))
      expect(body).toMatchObject({ available: true, optimistic: true });
  });

  it('Automatically retries failed requests with exponential backoff', async () => {
    expect(await metricOf(order, 'retry_count{target="inventory"')).toBeGreaterThan(0);
    expect(source('shared/src/resilience/client.ts')).toContain("from 'axios-retry'");
  });

  it('Automatically opens after configurable error thresholds', async () => {
    expect((await order.get('/health')).body.dependencies.inventory).not.toBe('CLOSED');
    expect(source('.env.example')).toContain('BREAKER_INVENTORY_ERROR_PERCENT=50');
  });

  it('Prevents cascading failures when a service is experiencing issues', async () => {
    expect(await order.get('/orders')).toMatchObject({ status: 200 });
    expect(await order.get('/livez')).toMatchObject({ status: 200 });
  });

  it('Helps handle temporary network issues or service unavailability', async () => {
    const accepted = await order.post('/orders', SHIPPED_HOME, { headers: { Prefer: 'respond-async' } });
    expect(accepted).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    await system.restart('inventory');
    await order.post('/circuit-breaker/reset');
    await eventually(
      () => order.get(`/orders/${accepted.body.id}`),
      ({ body }) => body.status === 'CONFIRMED',
    );
  });
});
