import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { parse } from 'yaml';
import { type Api, eventually } from '../e2e/http.ts';
import { address, typesOf } from '../e2e/orders.ts';
import { alerts } from '../monitoring/files.ts';
import { describeDurable } from '../support/database.ts';
import { comingFrom } from './coming-from.ts';
import { metricOf, source } from './looking.ts';
import { RealSystem } from './real-system.ts';

/** Its words that were decided otherwise, and why, are in docs/coming-from.md. */
const { services } = comingFrom(3);

const AN_ORDER = { customerId: 'CUST1', items: [{ productId: 'prod1', quantity: 1 }] };
const EVERY_SERVICE = ['inventory', 'payment', 'shipping', 'product', 'order', 'notification', 'gateway'] as const;

let system: RealSystem;
let order: Api;
let inventory: Api;
let payment: Api;
let id: string;

/** A database of its own for every service, where there is a PostgreSQL. */
const databases = process.env.DATABASE_URL_TEST ? `${process.env.DATABASE_URL_TEST}/document_3` : '';

beforeAll(async () => {
  const env = { DATABASE_URL: databases, BREAKER_INVENTORY_RESET_MS: '500', LOG_LEVEL: 'info' };
  system = await RealSystem.start(services, env);
  order = system.at(3000);
  inventory = system.at(3001);
  payment = system.at(3002);
}, 60_000);
afterAll(() => system?.end());

const placed = async (more: object = {}) => (await order.post('/orders', { ...AN_ORDER, ...more })).body;
const breaker = async (name: string) => {
  const { body } = await order.get('/circuit-breaker/status');
  return body.breakers.find((one: { name: string }) => one.name === name);
};
const pod = () => parse(source('k8s/each-service/deployment.yaml')).spec.template.spec.containers[0];
const fullCompose = () => Object.keys(parse(source('docker-compose.full.yml'), { merge: true }).services);
const everyFailing = (failureRate: number) => inventory.put('/chaos', { enabled: failureRate > 0, failureRate });
const availability = () => order.get('/availability?productId=prod1&quantity=1');

describe('1. Architecture Diagram', () => {
  it('Services: Order Service, Inventory Service, Payment Service', async () => {
    for (const service of [order, inventory, payment])
      expect(await service.get('/health')).toMatchObject({ status: 200 });
  });

  it('Communication: REST APIs, Event-based messaging', async () => {
    const { orderId } = await placed();
    const told = () => system.of('notification').get(`/notifications?orderId=${orderId}`);
    await eventually(told, ({ body }) => body.items.length > 0);
  });

  it('Infrastructure: Docker containers, Kubernetes orchestration', () => {
    expect(parse(source('k8s/kustomization.yaml')).kind).toBe('Kustomization');
    expect(source('Dockerfile')).toContain('CMD ["node"');
  });

  it('Monitoring: Prometheus/Grafana stack, Logging infrastructure', () => {
    expect(fullCompose()).toEqual(expect.arrayContaining(['prometheus', 'grafana', 'victoria-logs']));
  });

  it('Load Balancing: API Gateway/Load Balancer', async () => {
    const { body } = await system.of('gateway').get('/health');
    expect(body.dependencies.order.addresses).toEqual([expect.objectContaining({ status: 'UP' })]);
  });
});

describeDurable('1. Architecture Diagram: Data Storage', () => {
  it('Data Storage: Individual databases per service', async () => {
    const client = new pg.Client({ connectionString: `${process.env.DATABASE_URL_TEST}/postgres` });
    await client.connect();
    const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'document_3%' ORDER BY 1");
    await client.end();
    expect(rows.map(({ datname }) => datname)).toEqual(expect.arrayContaining(['document_3_order']));
    expect(rows.length).toBeGreaterThan(2);
  });
});

describe('2. Order Service', () => {
  it('Responsibility: Manages the full lifecycle of customer orders', async () => {
    const body = await placed({ shippingAddress: address });
    id = body.id;
    await order.post(`/orders/${id}/fulfill`);
    expect((await order.put(`/orders/${id}/status`, { status: 'DELIVERED' })).body).toMatchObject({
      status: 'DELIVERED',
    });
  });

  it('Data Managed: Order information, order state transitions, order events', async () => {
    expect((await order.get(`/orders/${id}`)).body).toMatchObject({ items: AN_ORDER.items, total: 10.99 });
    expect(typesOf(await order.get(`/orders/${id}/events`))).toContain('order.status-changed');
  });

  it('POST /orders - Create new order (initiates saga)', async () => {
    expect(await order.post('/orders', AN_ORDER)).toMatchObject({ status: 201, body: { status: 'CONFIRMED' } });
  });

  it('GET /orders/:id - Retrieve order details', async () => {
    expect(await order.get(`/orders/${id}`)).toMatchObject({ status: 200, body: { id } });
  });

  it('PUT /orders/:id - Update order (shipping address)', async () => {
    ({ id } = await placed());
    const { body } = await order.put(`/orders/${id}`, { shippingAddress: address });
    expect(body).toMatchObject({ shippingAddress: address });
  });

  it('POST /orders/:id/process - Process order (confirm)', async () => {
    expect((await order.post(`/orders/${id}/process`)).body).toMatchObject({ status: 'PROCESSING' });
  });

  it('POST /orders/:id/fulfill - Fulfill and ship order', async () => {
    const { body } = await order.post(`/orders/${id}/fulfill`);
    expect(body).toMatchObject({ status: 'SHIPPED', shipment: { trackingNumber: expect.any(String) } });
  });

  it('GET /orders/:id/events - Get order event history', async () => {
    expect(typesOf(await order.get(`/orders/${id}/events`))[0]).toBe('order.placed');
  });

  it('DELETE /orders/:id - Cancel order', async () => {
    const { orderId } = await placed();
    expect((await order.delete(`/orders/${orderId}`)).body).toMatchObject({ status: 'CANCELLED' });
  });

  it('GET /health - Health check endpoint (order)', async () => {
    expect((await order.get('/health')).body).toMatchObject({ status: 'UP', service: 'order' });
  });

  it('GET /metrics - Prometheus metrics endpoint (order)', async () => {
    expect((await order.get('/metrics')).text).toContain('# TYPE orders_total counter');
  });
});

describe('2. Inventory Service', () => {
  it('Responsibility: Manages product inventory and stock levels', async () => {
    expect((await inventory.get('/inventory/prod1')).body).toMatchObject({ onHand: expect.any(Number) });
  });

  it('Data Managed: Product inventory, reservation records', async () => {
    const { orderId } = await placed();
    expect((await inventory.get(`/inventory/reservations/${orderId}`)).body).toMatchObject({ status: 'RESERVED' });
  });

  it('GET /inventory/check - Check inventory availability', async () => {
    const items = encodeURIComponent(JSON.stringify(AN_ORDER.items));
    expect((await inventory.get(`/inventory/check?items=${items}`)).body).toMatchObject({ available: true });
  });

  it('POST /inventory/reserve - Reserve inventory for an order', async () => {
    const answer = await inventory.post('/inventory/reserve', { orderId: 'ORDER1', items: AN_ORDER.items });
    expect(answer).toMatchObject({ status: 201, body: { status: 'RESERVED' } });
  });

  it('POST /inventory/release - Release reserved inventory (compensation)', async () => {
    expect((await inventory.post('/inventory/release', { orderId: 'ORDER1' })).body).toMatchObject({
      status: 'RELEASED',
    });
  });

  it('GET /health - Health check endpoint (inventory)', async () => {
    expect((await inventory.get('/health')).body).toMatchObject({ status: 'UP', service: 'inventory' });
  });

  it('GET /metrics - Prometheus metrics endpoint (inventory)', async () => {
    expect((await inventory.get('/metrics')).text).toContain('# TYPE http_request_duration_seconds histogram');
  });
});

describe('2. Payment Service', () => {
  it('Responsibility: Processes payments and manages payment statuses', async () => {
    const { body } = await payment.get(`/payments?orderId=${id}`);
    expect(body.items).toEqual([expect.objectContaining({ status: 'CAPTURED' })]);
  });

  it('POST /payments/authorize - Authorize payment', async () => {
    const answer = await payment.post('/payments/authorize', { orderId: 'ORDER2', amount: 29.99 });
    expect(answer).toMatchObject({ status: 201, body: { status: 'AUTHORIZED' } });
  });

  it('POST /payments/capture - Capture authorized payment', async () => {
    expect((await payment.post('/payments/capture', { orderId: 'ORDER2' })).body).toMatchObject({ status: 'CAPTURED' });
  });

  it('POST /payments/refund - Process payment refund (compensation)', async () => {
    expect((await payment.post('/payments/refund', { orderId: 'ORDER2' })).body).toMatchObject({ status: 'REFUNDED' });
  });

  it('Data Managed: Payment records, transaction history', async () => {
    const [record] = (await payment.get('/payments?orderId=ORDER2')).body.items;
    expect((await payment.get(`/payments/${record.id}/transactions`)).body.items).toHaveLength(3);
  });

  it('GET /health - Health check endpoint (payment)', async () => {
    expect((await payment.get('/health')).body).toMatchObject({ status: 'UP', service: 'payment' });
  });

  it('GET /metrics - Prometheus metrics endpoint (payment)', async () => {
    expect((await payment.get('/metrics')).text).toContain('# TYPE http_request_duration_seconds histogram');
  });
});

describe('3. Communication Strategy', () => {
  it('Direct user interactions requiring immediate response', async () => {
    expect(await order.post('/orders', AN_ORDER)).toMatchObject({ status: 201 });
  });

  it('RESTful JSON APIs with proper HTTP status codes', async () => {
    expect(await order.get('/orders/none')).toMatchObject({ status: 404, body: { code: 'ORDER_NOT_FOUND' } });
    expect(await order.put('/health')).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(await order.post('/orders', {})).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });

  it('Order state change notifications', async () => {
    const told = async () => (await system.of('notification').get(`/notifications?orderId=${id}`)).body.items;
    const kinds = (items: { kind: string }[]) => items.map(({ kind }) => kind);
    await eventually(told, (items) => kinds(items).includes('order-shipped'));
  });

  it('Cross-service data consistency', async () => {
    expect((await order.get('/audit')).body).toMatchObject({ discrepancies: expect.any(Array) });
  });

  it('Audit logging', async () => {
    const { body } = await order.get(`/orders/${id}/events`);
    for (const event of body.events)
      expect(event).toMatchObject({ at: expect.any(String), traceId: expect.any(String) });
  });

  it('Event logging for all state changes', async () => {
    const { body } = await order.get(`/orders/${id}/events`);
    const changes = body.events.filter(({ type }: { type: string }) => type === 'order.status-changed');
    expect(changes.map(({ data }: { data: { newStatus: string } }) => data.newStatus)).toEqual(
      expect.arrayContaining(['CONFIRMED', 'PROCESSING', 'SHIPPED']),
    );
  });

  it('Event sourcing pattern for full history', async () => {
    expect((await order.get(`/orders/${id}?version=1`)).body).toMatchObject({ status: 'PENDING', version: 1 });
  });

  it('Step 1: Create Order (Pending)', async () => {
    ({ id } = await placed());
    expect((await order.get(`/orders/${id}?version=1`)).body).toMatchObject({ status: 'PENDING' });
  });

  it('Step 2: Reserve Inventory', async () => {
    expect((await inventory.get(`/inventory/reservations/${id}`)).body).toMatchObject({ status: 'RESERVED' });
  });

  it('Step 3: Process Payment', async () => {
    expect((await payment.get(`/payments?orderId=${id}`)).body.items[0]).toMatchObject({ status: 'AUTHORIZED' });
  });

  it('Step 4: Confirm Order', async () => {
    expect((await order.get(`/orders/${id}`)).body).toMatchObject({ status: 'CONFIRMED' });
  });

  it('Payment failure → Release inventory', async () => {
    const { orderId } = await placed({ paymentMethod: 'tok_declined' });
    expect((await inventory.get(`/inventory/reservations/${orderId}`)).body).toMatchObject({ status: 'RELEASED' });
  });

  it('Inventory failure → Cancel order', async () => {
    const { orderId } = await placed({ items: [{ productId: 'prod1', quantity: 1_000 }] });
    expect((await order.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'REJECTED' });
  });
});

describe('4. Circuit Breakers', () => {
  it('Using Opossum library for circuit breaking', () => {
    expect(source('shared/src/resilience/breaker.ts')).toContain("from 'opossum'");
  });

  it('Configured for inventory and payment services', async () => {
    expect([await breaker('inventory'), await breaker('payment')]).toMatchObject([
      { state: 'CLOSED' },
      { state: 'CLOSED' },
    ]);
  });

  it('Threshold: 50% error rate', async () => {
    for (const name of ['inventory', 'payment']) {
      expect(await breaker(name)).toMatchObject({ config: { errorThresholdPercentage: 50 } });
    }
  });

  it('Timeout: 3s (inventory), 5s (payment)', async () => {
    expect(await breaker('inventory')).toMatchObject({ config: { timeoutMs: 3_000 } });
    expect(await breaker('payment')).toMatchObject({ config: { timeoutMs: 5_000 } });
  });

  it('Reset: 10s (inventory), 30s (payment)', async () => {
    expect(source('.env.example')).toContain('BREAKER_INVENTORY_RESET_MS=10000');
    expect(await breaker('payment')).toMatchObject({ config: { resetMs: 30_000 } });
  });

  it('Payment: Fail request with friendly message', async () => {
    const { status, body } = await order.post('/orders', { ...AN_ORDER, paymentMethod: 'tok_outage' });
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'PAYMENT_UNAVAILABLE' } });
    expect(body.detail).toMatch(/Nothing was charged; please try again/);
  });
});

describe('4. Retry Mechanism', () => {
  it('Using axios-retry for HTTP retries', () => {
    expect(source('shared/src/resilience/client.ts')).toContain("from 'axios-retry'");
  });

  it('Only retry idempotent operations and 5xx errors', async () => {
    const before = await metricOf(order, 'retry_count{target="inventory"');
    await placed({ items: [{ productId: 'prod1', quantity: 1_000 }] });
    expect(await metricOf(order, 'retry_count{target="inventory"')).toBe(before);
    await everyFailing(1);
    await availability();
    expect(await metricOf(order, 'retry_count{target="inventory"')).toBeGreaterThan(before as number);
  });

  it('Inventory: Use optimistic response if service unavailable', async () => {
    expect((await availability()).body).toMatchObject({ available: true, optimistic: true });
  });

  it('Separate circuit breakers per external service', async () => {
    await Promise.all([1, 2, 3, 4, 5].map(availability));
    expect((await breaker('inventory')).state).not.toBe('CLOSED');
    expect(await breaker('payment')).toMatchObject({ state: 'CLOSED' });
  });

  it('circuit_breaker_state: Tracks the state of circuit breakers (0 = closed, 1 = open)', async () => {
    await eventually(
      () => availability().then(() => metricOf(order, 'circuit_breaker_state{target="inventory"')),
      (state) => state === 1,
    );
    expect(await metricOf(order, 'circuit_breaker_state{target="payment"')).toBe(0);
  });

  it('Benefits: Handles transient network issues and temporary service failures', async () => {
    await everyFailing(0);
    await eventually(
      () => availability().then(() => breaker('inventory')),
      ({ state }) => state === 'CLOSED',
    );
    expect(await placed()).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('4. Request Idempotency', () => {
  const once = () => order.post('/orders', AN_ORDER, { key: 'the-same' });

  it('Idempotency keys via HTTP headers', async () => {
    expect((await once()).body.id).toBe((await once()).body.id);
  });

  it('All write operations support idempotency', async () => {
    const release = () => inventory.post('/inventory/prod2/reserve', { quantity: 1 }, { key: 'hold' });
    expect((await release()).text).toBe((await release()).text);
  });

  it('Prevents duplicate operations, ensures exactly-once semantics', async () => {
    const { body } = await payment.get(`/payments?orderId=${(await once()).body.id}`);
    expect(body.items).toHaveLength(1);
  });
});

describe('4. Bulkhead Pattern and Health Checks', () => {
  it('Resource limits in Kubernetes configuration', () => {
    expect(pod().resources).toMatchObject({ limits: { cpu: expect.anything(), memory: expect.any(String) } });
  });

  it('Container and pod health monitoring', () => {
    expect(source('Dockerfile')).toMatch(/^HEALTHCHECK /m);
    expect(pod()).toMatchObject({ readinessProbe: { httpGet: { path: '/readyz' } } });
  });

  it('Enables automatic recovery from failed instances', () => {
    expect(pod()).toMatchObject({ livenessProbe: { httpGet: { path: '/livez' } } });
    expect(parse(source('docker-compose.yml'), { merge: true }).services.order.restart).toBe('unless-stopped');
  });
});

describe('4. Chaos Testing', () => {
  it('Random 500 errors with CHAOS_MODE=true', async () => {
    await everyFailing(1);
    expect(await inventory.get('/inventory')).toMatchObject({ status: 500, body: { code: 'CHAOS_INJECTED' } });
    await everyFailing(0);
  });

  it('5% of requests fail randomly', async () => {
    const shaky = await system.more('inventory', { CHAOS_MODE: 'true', DATABASE_URL: '' });
    expect((await shaky.get('/chaos')).body).toMatchObject({ enabled: true, failureRate: 0.05 });
    const answers = await Promise.all(Array.from({ length: 400 }, () => shaky.get('/inventory/prod1')));
    const failed = answers.filter(({ status }) => status === 500);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(200);
  });
});

describe('5. Data Consistency Strategy', () => {
  interface Event {
    version: number;
    at: string;
    type: string;
  }
  const eventsOf = async (orderId: string): Promise<Event[]> =>
    (await order.get(`/orders/${orderId}/events`)).body.events;

  it('All state changes recorded as events', async () => {
    expect((await eventsOf(id)).length).toBe((await order.get(`/orders/${id}`)).body.version);
  });

  it('Events stored in chronological order', async () => {
    const events = await eventsOf(id);
    expect(events.map(({ version }) => version)).toEqual(events.map((_, i) => i + 1));
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort());
  });

  it('Current state can be rebuilt from event history', async () => {
    const { body } = await order.get(`/orders/${id}`);
    const { saga: _, ...rebuilt } = (await order.get(`/orders/${id}?version=${body.version}`)).body;
    expect(rebuilt).toMatchObject({ status: body.status, total: body.total, payment: body.payment });
  });

  it('Complete audit trail, temporal queries, and state reconstruction', async () => {
    const [first] = await eventsOf(id);
    expect((await order.get(`/orders/${id}?at=${first?.at}`)).body).toMatchObject({ id });
  });

  it('Services may have temporary inconsistencies during saga execution', async () => {
    const { body } = await order.post('/orders', AN_ORDER, { headers: { Prefer: 'respond-async' } });
    expect(body).toMatchObject({ status: 'PENDING' });
    await eventually(
      () => order.get(`/orders/${body.id}`),
      (got) => got.body.status === 'CONFIRMED',
    );
  });

  it('Event logs provide source of truth for reconciliation', () => {
    expect(JSON.parse(source('package.json')).scripts).toHaveProperty('rebuild');
  });

  it('Explicit, recorded compensation events', async () => {
    id = (await placed({ paymentMethod: 'tok_declined' })).orderId;
    expect((await eventsOf(id)).map(({ type }) => type)).toContain('saga.step-undone');
  });

  it('Example: Inventory release after payment failure', async () => {
    expect((await order.get(`/orders/${id}/events`)).text).toMatch(/"saga\.step-undone".*?"reserve-stock"/);
  });

  it('Explicit success/failure events for each step', async () => {
    const types = (await eventsOf(id)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['saga.step-done', 'saga.step-refused', 'saga.undone']));
  });
});

describe('6. Containerization', () => {
  it('Docker containers for all services', () => {
    const compose = parse(source('docker-compose.yml'), { merge: true }).services;
    expect(Object.keys(compose)).toEqual(expect.arrayContaining([...EVERY_SERVICE]));
  });

  it('Alpine-based Node.js images', () => {
    expect(source('Dockerfile')).toMatch(/^FROM node:[\d.]+-alpine@/m);
  });

  it('Multi-stage builds for smaller images', () => {
    expect(source('Dockerfile').match(/^FROM /gm)?.length).toBeGreaterThan(3);
  });
});

describe('6. Kubernetes Deployment', () => {
  const deployment = () => parse(source('k8s/each-service/deployment.yaml'));
  const scaling = () => parse(source('k8s/each-service/scaling.yaml'));

  it('Deployment with 3+ replicas', () => {
    expect(deployment().kind).toBe('Deployment');
    expect(scaling().spec.minReplicas).toBe(3);
  });

  it('Rolling update strategy for zero downtime', () => {
    expect(deployment().spec.strategy).toMatchObject({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } });
  });

  it('Resource limits and requests', () => {
    expect(pod().resources).toMatchObject({ requests: { cpu: expect.anything() }, limits: { cpu: expect.anything() } });
  });

  it('Horizontal Pod Autoscaler', () => {
    expect(scaling().kind).toBe('HorizontalPodAutoscaler');
  });

  it('Readiness and liveness probes configured for health checks', () => {
    expect(pod()).toMatchObject({ readinessProbe: { httpGet: {} }, livenessProbe: { httpGet: {} } });
  });
});

describe('6. Monitoring', () => {
  it('Prometheus metrics for all services', async () => {
    for (const name of EVERY_SERVICE) {
      expect(await metricOf(system.of(name), 'process_cpu_seconds_total')).toBeGreaterThan(0);
    }
  });

  it('Order counts by status', async () => {
    expect(await metricOf(order, 'orders_total{status="CONFIRMED"')).toBeGreaterThan(0);
    expect(await metricOf(order, 'orders_total{status="REJECTED"')).toBeGreaterThan(0);
  });

  it('Processing durations', async () => {
    expect(await metricOf(order, 'order_processing_duration_seconds_count')).toBeGreaterThan(0);
  });

  it('Error rates', async () => {
    expect((await inventory.get('/metrics')).text).toMatch(
      /^http_request_duration_seconds_count\{.*status="500"\} \d/m,
    );
  });

  it('retry_count: Monitors the number of retries for failed requests', async () => {
    expect(await metricOf(order, 'retry_count')).toBeGreaterThan(0);
  });
});

describe('6. Structured Logging', () => {
  const logged = () => system.logOf('order').map((line) => JSON.parse(line) as Record<string, unknown>);

  it('Winston for structured JSON logging', () => {
    for (const line of logged()) expect(line).toMatchObject({ service: 'order', message: expect.any(String) });
    expect(source('shared/src/telemetry/logger.ts')).toContain("from 'winston'");
  });

  it('Context enrichment (order IDs)', () => {
    expect(logged().some(({ path }) => String(path).includes(id))).toBe(true);
  });

  it('Log levels (info, warn, error)', () => {
    for (const { level } of logged()) expect(['info', 'warn', 'error']).toContain(level);
  });
});

describe('6. Alerting', () => {
  const names = () => alerts().map(({ name }) => name);

  it('Alert on circuit breaker open', () => {
    expect(names()).toContain('CircuitBreakerOpen');
  });

  it('Alert on high error rates', () => {
    expect(names()).toContain('HighErrorRate');
  });

  it('Alert on slow response times', () => {
    expect(names()).toContain('SlowResponses');
  });
});
