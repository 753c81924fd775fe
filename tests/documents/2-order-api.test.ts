import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { type Api, eventually } from '../e2e/http.ts';
import { address, typesOf } from '../e2e/orders.ts';
import { comingFrom } from './coming-from.ts';
import { filesOf, metricOf, source } from './looking.ts';
import { RealSystem } from './real-system.ts';
import { addressesOf, Terminal } from './terminal.ts';

/** Its words that were decided otherwise, and why, are in docs/coming-from.md. */
const { services } = comingFrom(2);

const AN_ORDER = { customer: 'John Doe', items: [{ productId: 'PROD001', quantity: 1 }] };

let system: RealSystem;
let order: Api;
let id: string;

beforeAll(async () => {
  system = await RealSystem.start(services, { BREAKER_INVENTORY_RESET_MS: '500', LOG_LEVEL: 'info' });
  order = system.at(3000);
}, 60_000);
afterAll(() => system?.end());

const placed = async (more: object = {}) => (await order.post('/orders', { ...AN_ORDER, ...more })).body;
const statesOf = async (name: string) => (await order.get('/health')).body.dependencies[name];
const logged = () => system.logOf('order').map((line) => JSON.parse(line) as Record<string, unknown>);

describe('Architecture Components', () => {
  it('Controller Layer: Handles API requests and responses', async () => {
    expect(await order.post('/orders', { items: [] })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED' },
    });
  });

  it('Service Layer: Implements business logic with resilience patterns', async () => {
    expect(await placed()).toMatchObject({ status: 'CONFIRMED', total: 29.99 });
  });

  it('Event Store: Tracks all state changes for consistency and auditability', async () => {
    const { body } = await order.get('/events?after=0&limit=200');
    expect(body.events.map(({ type }: { type: string }) => type)).toContain('order.status-changed');
  });
});

describe('Health and Monitoring', () => {
  it('GET /health - Service health check', async () => {
    expect(await order.get('/health')).toMatchObject({ status: 200, body: { status: 'UP', service: 'order' } });
  });

  it('GET /metrics - Prometheus metrics endpoint', async () => {
    expect((await order.get('/metrics')).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  });
});

describe('Order Management', () => {
  it('POST /orders - Place a new order (with saga pattern)', async () => {
    const answer = await order.post('/orders', { ...AN_ORDER, shippingAddress: '123 Main St, Springfield' });
    expect(answer).toMatchObject({ status: 201, body: { status: 'CONFIRMED', customer: { name: 'John Doe' } } });
    id = answer.body.orderId;
  });

  it('GET /orders/:id - Get order details', async () => {
    expect(await order.get(`/orders/${id}`)).toMatchObject({ status: 200, body: { id, items: AN_ORDER.items } });
  });

  it('GET /orders/:id/events - Get order event history', async () => {
    expect(typesOf(await order.get(`/orders/${id}/events`))[0]).toBe('order.placed');
  });

  it('PUT /orders/:id - Update order details', async () => {
    const { body } = await order.put(`/orders/${id}`, { shippingAddress: address });
    expect(body).toMatchObject({ shippingAddress: address });
  });

  it('POST /orders/:id/process - Process an order', async () => {
    expect((await order.post(`/orders/${id}/process`)).body).toMatchObject({ status: 'PROCESSING' });
  });

  it('POST /orders/:id/fulfill - Fulfill an order', async () => {
    expect((await order.post(`/orders/${id}/fulfill`)).body).toMatchObject({ status: 'SHIPPED' });
  });

  it('DELETE /orders/:id - Cancel an order', async () => {
    const { orderId } = await placed();
    expect((await order.delete(`/orders/${orderId}`)).body).toMatchObject({ status: 'CANCELLED' });
  });
});

describe('Saga Pattern', () => {
  it('1. Create Order → Reserve Inventory → Process Payment → Confirm Order', async () => {
    const { body } = await order.get(`/orders/${(await placed()).id}/events`);
    const steps = body.events.map(({ type, data }: { type: string; data: Record<string, unknown> }) =>
      type === 'saga.step-done' ? data.step : type,
    );
    expect(steps).toEqual(['order.placed', 'reserve-stock', 'authorize-payment', 'order.status-changed', 'saga.done']);
  });

  it('2. If any step fails, execute compensating transactions', async () => {
    const { orderId } = await placed({ paymentMethod: 'tok_declined' });
    expect(typesOf(await order.get(`/orders/${orderId}/events`))).toContain('saga.step-undone');
  });
});

describe('Idempotency', () => {
  const once = () => order.post('/orders', AN_ORDER, { headers: { 'idempotency-key': 'the-same' } });

  it('All write operations support idempotency via the idempotency-key header', async () => {
    const { paths } = (await order.get('/openapi.json')).body;
    for (const [path, operations] of Object.entries<Record<string, { parameters?: { name: string }[] }>>(paths)) {
      for (const method of ['post', 'put', 'delete'].filter((one) => one in operations && path !== '/chaos')) {
        const names = operations[method]?.parameters?.map(({ name }) => name.toLowerCase());
        expect([method, path, names]).toEqual([method, path, expect.arrayContaining(['idempotency-key'])]);
      }
    }
  });

  it('Prevents duplicate operations', async () => {
    const [first, second] = await Promise.all([once(), once()]);
    expect(second.body.id).toBe(first.body.id);
  });

  it('Ensures exactly-once semantics', async () => {
    const { id: orderId } = (await once()).body;
    const { body } = await system.of('payment').get(`/payments?orderId=${orderId}`);
    expect(body.items).toHaveLength(1);
  });

  it('Returns consistent responses for repeated requests', async () => {
    expect((await once()).text).toBe((await once()).text);
  });
});

describe('Circuit Breakers', () => {
  it('Circuit breakers are implemented for external service calls (inventory and payment)', async () => {
    expect((await order.get('/health')).body.dependencies).toMatchObject({ inventory: 'CLOSED', payment: 'CLOSED' });
  });

  it('Automatically opens circuit after 50% failures', async () => {
    await system.of('inventory').put('/chaos', { enabled: true, failureRate: 1 });
    await Promise.all([1, 2, 3, 4, 5].map(() => order.get('/availability?productId=PROD001')));
    expect(await statesOf('inventory')).not.toBe('CLOSED');
    const { body } = await order.get('/circuit-breaker/status');
    expect(body.breakers).toContainEqual(
      expect.objectContaining({ config: expect.objectContaining({ errorThresholdPercentage: 50 }) }),
    );
  });

  it('Provides fallback mechanisms', async () => {
    expect((await order.get('/availability?productId=PROD001')).body).toMatchObject({ optimistic: true });
  });

  it('Graceful degradation with fallbacks', async () => {
    expect((await order.get('/health')).body).toMatchObject({ status: 'DEGRADED' });
    expect(await order.get(`/orders/${id}`)).toMatchObject({ status: 200 });
  });

  it('Self-healing with automatic reset after timeout', async () => {
    await system.of('inventory').put('/chaos', { enabled: false });
    await eventually(
      () => order.get('/availability?productId=PROD001').then(() => statesOf('inventory')),
      (state) => state === 'CLOSED',
    );
  });
});

describe('Error Handling', () => {
  it('Global error handlers for uncaught exceptions', () => {
    expect(source('shared/src/service/process.ts')).toContain("process.on('uncaughtException'");
  });

  it('Detailed error logging with stack traces', async () => {
    await system.of('inventory').get('/inventory?simulateFailure=true');
    const errors = () => system.logOf('inventory').filter((line) => line.includes('"level":"error"'));
    await eventually(errors, (lines) => lines.some((line) => /\\n +at /.test(line)));
  });
});

describe('Logging', () => {
  it('Structured JSON logs with Winston', () => {
    expect(logged().length).toBeGreaterThan(0);
    expect(source('shared/src/telemetry/logger.ts')).toContain("from 'winston'");
  });

  it('Log levels: info, warn, error', () => {
    const levels = new Set(logged().map(({ level }) => level));
    expect(levels).toEqual(new Set([...levels].filter((level) => ['info', 'warn', 'error'].includes(String(level)))));
  });

  it('Service name and context included in all logs', () => {
    for (const line of logged()) expect(line).toMatchObject({ service: 'order', timestamp: expect.any(String) });
    const requests = logged().filter(({ message }) => message === 'request');
    for (const line of requests) expect(line).toMatchObject({ path: expect.any(String), traceId: expect.any(String) });
  });
});

describe('Metrics: Prometheus metrics available at /metrics', () => {
  it('Order counts by status', async () => {
    expect(await metricOf(order, 'orders_total{status="CONFIRMED"')).toBeGreaterThan(0);
    expect(await metricOf(order, 'orders_total{status="CANCELLED"')).toBe(1);
  });

  it('Order processing duration', async () => {
    expect(await metricOf(order, 'order_processing_duration_seconds_count')).toBeGreaterThan(0);
  });

  it('System metrics (memory, CPU)', async () => {
    for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total']) {
      expect(await metricOf(order, name)).toBeGreaterThan(0);
    }
  });
});

describe('Docker Container', () => {
  it('Alpine-based Node.js image', () => {
    expect(source('Dockerfile')).toMatch(/^FROM node:[\d.]+-alpine@/m);
  });

  it('Health checks configured', () => {
    expect(source('Dockerfile')).toMatch(/^HEALTHCHECK /m);
  });

  it('Environment variable configuration', () => {
    const { environment } = parse(source('docker-compose.yml'), { merge: true }).services.order;
    expect(environment).toMatchObject({ INVENTORY_SERVICE_URL: 'http://inventory:3001' });
  });
});

describe('Kubernetes', () => {
  it('3+ replicas for high availability', () => {
    expect(parse(source('k8s/each-service/scaling.yaml')).spec.minReplicas).toBe(3);
  });

  it('Rolling update strategy (zero downtime)', () => {
    const { strategy } = parse(source('k8s/each-service/deployment.yaml')).spec;
    expect(strategy).toMatchObject({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } });
  });

  it('Horizontal Pod Autoscaler', () => {
    expect(parse(source('k8s/each-service/scaling.yaml')).kind).toBe('HorizontalPodAutoscaler');
  });

  it('Resource limits and requests', () => {
    const [container] = parse(source('k8s/each-service/deployment.yaml')).spec.template.spec.containers;
    const amounts = { cpu: expect.anything(), memory: expect.any(String) };
    expect(container.resources).toMatchObject({ requests: amounts, limits: amounts });
  });
});

describe('Testing Strategy', () => {
  it('Controller methods tested with Jest', () => {
    expect(filesOf('services/order/src/api').some((file) => file.endsWith('.test.ts'))).toBe(true);
    expect(JSON.parse(source('package.json')).devDependencies).toHaveProperty('jest');
  });

  it('Random failures simulation with CHAOS_MODE=true', async () => {
    const terminal = Terminal.open(['npm', 'start', '--', 'inventory'], {
      ...(await addressesOf(['inventory'])),
      CHAOS_MODE: 'true',
    });
    await terminal.says('Ready in');
    expect(await terminal.get('inventory', '/chaos')).toMatchObject({ enabled: true, failureRate: 0.05 });
    await terminal.close();
  }, 60_000);

  it('Tests resilience under failure conditions', async () => {
    await system.of('payment').put('/chaos', { enabled: true, failureRate: 0.05 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => placed()));
    await system.of('payment').put('/chaos', { enabled: false });
    for (const answer of answers) expect(['CONFIRMED', 503]).toContain(answer.status);
  });
});

describe('Getting Started', () => {
  it('Start the service: npm start', () => {
    expect(JSON.parse(source('package.json')).scripts.start).toBe('node scripts/start.js');
  });

  it('Start with chaos testing enabled: npm run chaos:test', async () => {
    const terminal = Terminal.open(['npm', 'run', 'chaos:test', '--', 'inventory'], await addressesOf(['inventory']));
    await terminal.says('Ready in');
    expect(await terminal.get('inventory', '/chaos')).toMatchObject({ enabled: true, failureRate: 0.05 });
    await terminal.close();
  }, 60_000);
});

describe('Testing with Postman', () => {
  const collection = () => JSON.parse(source('postman/OrderManagementAPI.postman_collection.json'));

  it('1. Import the OrderManagementAPI.postman_collection.json collection', () => {
    expect(collection().info.schema).toBe('https://schema.getpostman.com/json/collection/v2.1.0/collection.json');
  });

  it('2. Use the included examples for each endpoint', () => {
    const found = collection().item.map(
      ({ request: { method, url } }: { request: { method: string; url: { raw: string } } }) => `${method} ${url.raw}`,
    );
    const ofOrder = ['GET', 'PUT', 'DELETE', 'GET /events', 'POST /process', 'POST /fulfill'].map((one) => {
      const [method, end = ''] = one.split(' ');
      return `${method} {{orderUrl}}/orders/{{orderId}}${end}`;
    });
    const others = ['GET {{orderUrl}}/health', 'GET {{orderUrl}}/metrics', 'POST {{orderUrl}}/orders'];
    expect(found.sort()).toEqual([...ofOrder, ...others].sort());
  });

  it('3. Make note of order IDs returned from create operations', async () => {
    const { headers, body } = await order.post('/orders', AN_ORDER);
    expect(body.orderId).toBe(body.id);
    expect(headers.get('location')).toBe(`/orders/${body.id}`);
  });

  it('4. Set the orderId variable in Postman for subsequent requests', () => {
    expect(JSON.stringify(collection())).toContain('{{orderUrl}}/orders/{{orderId}}');
  });
});
