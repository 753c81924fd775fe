import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Api, eventually } from '../e2e/http.ts';
import { comingFrom } from './coming-from.ts';
import { metricOf, source } from './looking.ts';
import { ALL, RealSystem } from './real-system.ts';
import { addressesOf, Terminal } from './terminal.ts';

/** Its ports and ours: the first row of its table in docs/coming-from.md. */
const { services } = comingFrom(4);

const CREATE_AN_ORDER = `curl -X POST http://localhost:3000/orders \\
  -H "Content-Type: application/json" \\
  -d '{
    "items": [
      {"productId": "PROD001", "quantity": 2}
    ]
  }'`;
const CREATE_AN_ORDER_OF_TWO = `curl -X POST http://localhost:3000/orders \\
  -H "Content-Type: application/json" \\
  -d '{
    "items": [
      {"productId": "PROD001", "quantity": 2},
      {"productId": "PROD002", "quantity": 1}
    ]
  }'`;
const STATUS = 'curl http://localhost:3000/orders/circuit-breaker/status';
const NEW_PRODUCT = {
  id: 'PROD006',
  name: 'Product Name',
  description: 'Description',
  price: 99.99,
  category: 'Category',
  sku: 'SKU-006',
};

let system: RealSystem;
let gateway: Api;
let inventory: Api;
let product: Api;
let order: Api;
/** The order that the last scenario placed. */
let orderId: string;

beforeAll(async () => {
  // An order that finds no inventory service is refused, as in the document; and its 30 seconds are over in one.
  system = await RealSystem.start(services, { ORDER_DEADLINE_MS: '0', BREAKER_INVENTORY_RESET_MS: '1000' });
  gateway = system.at(3000);
  inventory = system.at(3001);
  product = system.at(3002);
  order = system.at(3003);
}, 60_000);
afterAll(() => system?.end());

interface Breaker {
  name: string;
  state: string;
  stats: { rejects: number };
  config: Record<string, number>;
}
async function breakersOf(service: Api): Promise<Record<string, Breaker>> {
  const { body } = await service.get('/circuit-breaker/status');
  return Object.fromEntries(body.breakers.map((one: Breaker) => [one.name, one]));
}
const breaker = async (name: string) => (await breakersOf(order))[name] as Breaker;
const levelOf = async (productId: string) => (await inventory.get(`/inventory/${productId}`)).body;

describe('Architecture', () => {
  it('API Gateway (Port 3000) - Single entry point for all client requests', async () => {
    for (const path of ['/inventory', '/products', '/orders']) {
      expect(await gateway.get(path)).toMatchObject({ status: 200, body: { items: expect.any(Array) } });
    }
  });

  it('Inventory Service (Port 3001) - Manages inventory levels, reservations, and availability', async () => {
    const { body } = await inventory.get('/inventory/PROD001');
    expect(body).toMatchObject({ onHand: 100, reserved: 0, available: 100 });
  });

  it('Product Service (Port 3002) - Manages product catalog and product information', async () => {
    const { body } = await product.get('/products/PROD001');
    expect(body).toMatchObject({ id: 'PROD001', name: expect.any(String), price: expect.any(Number) });
  });

  it('Order Service (Port 3003) - Handles order creation and processing with circuit breaker protection', async () => {
    const placed = await order.post('/orders', { items: [{ productId: 'PROD003', quantity: 1 }] });
    expect(placed.status).toBe(201);
    expect(await order.post(`/orders/${placed.body.orderId}/process`)).toMatchObject({
      body: { status: 'PROCESSING' },
    });
    expect(await breaker('inventory')).toMatchObject({ state: 'CLOSED' });
  });
});

describe('Circuit Breaker Pattern', () => {
  it('The Circuit Breaker pattern is implemented using the opossum library', () => {
    expect(source('shared/src/resilience/breaker.ts')).toContain("from 'opossum'");
  });

  it('Service clients handle all circuit breaker logic and external service communication', () => {
    const { dependencies } = JSON.parse(source('services/order/package.json'));
    expect(Object.keys(dependencies).filter((name) => /opossum|axios|undici/.test(name))).toEqual([]);
  });

  it('CLOSED: Normal operation, requests pass through', async () => {
    expect(await system.curl(CREATE_AN_ORDER)).toMatchObject({ status: 201 });
    expect(await breaker('inventory')).toMatchObject({ state: 'CLOSED', stats: { rejects: 0 } });
  });
});

describe('Configuration', () => {
  it('Error Threshold: 50% of requests fail (within rolling window)', async () => {
    expect(await breaker('inventory')).toMatchObject({ config: { errorThresholdPercentage: 50 } });
  });

  it('Reset Timeout: 30 seconds before attempting to close', async () => {
    expect(await breaker('payment')).toMatchObject({ config: { resetMs: 30_000 } });
    const asThere = await system.more('order', { BREAKER_INVENTORY_RESET_MS: '30000' });
    expect((await breakersOf(asThere)).inventory).toMatchObject({ config: { resetMs: 30_000 } });
  });

  it('Request Timeout: 5 seconds', async () => {
    expect(await breaker('payment')).toMatchObject({ config: { timeoutMs: 5_000 } });
    const asThere = await system.more('order', { BREAKER_INVENTORY_TIMEOUT_MS: '5000' });
    expect((await breakersOf(asThere)).inventory).toMatchObject({ config: { timeoutMs: 5_000 } });
  });

  it('Rolling Window: 10 seconds with 10 buckets for statistics', async () => {
    expect(await breaker('inventory')).toMatchObject({ config: { windowMs: 10_000 } });
    expect(source('shared/src/resilience/breaker.ts')).toContain('SLICES = 10;');
  });
});

describe('Running the Services', () => {
  const open: Terminal[] = [];
  let addresses: Record<string, string>;
  beforeAll(async () => {
    addresses = await addressesOf(ALL);
  });
  afterEach(() => Promise.all(open.splice(0).map((terminal) => terminal.close())));

  const run = (script: string) => {
    const terminal = Terminal.open(['npm', 'run', script], addresses);
    open.push(terminal);
    return terminal.says('Ready in');
  };
  const ordering = () => {
    const sent = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const body = JSON.stringify({ items: [{ productId: 'PROD001', quantity: 2 }] });
    return fetch(`${addresses.GATEWAY_SERVICE_URL}/orders`, { ...sent, body });
  };

  it('Option 1: Run all services together: npm run start:all', async () => {
    await run('start:all');
    expect(await ordering()).toMatchObject({ status: 201 });
  }, 60_000);

  it('Option 2: Run services individually: Terminal 1 to 4: npm run start:gateway, start:inventory, start:product, start:order', async () => {
    const itsOwn = ['start:gateway', 'start:inventory', 'start:product', 'start:order'];
    await Promise.all([...itsOwn, 'start:payment'].map(run));
    await eventually(ordering, ({ status }) => status === 201);
  }, 60_000);
});

describe('API Endpoints: API Gateway (Port 3000)', () => {
  it('GET /health - Check health of all services', async () => {
    const { status, body } = await gateway.get('/health');
    expect(status).toBe(200);
    for (const name of ['inventory', 'product', 'order']) expect(body.dependencies[name].status).toBe('UP');
  });

  it('GET /inventory/* - Proxy to Inventory Service', async () => {
    expect((await gateway.get('/inventory/PROD002')).body).toEqual(await levelOf('PROD002'));
  });

  it('GET /products/* - Proxy to Product Service', async () => {
    const { body } = await product.get('/products/PROD002');
    expect((await gateway.get('/products/PROD002')).body).toEqual(body);
  });

  it('GET /orders/* - Proxy to Order Service', async () => {
    const { body } = await order.post('/orders', { items: [{ productId: 'PROD003', quantity: 1 }] });
    expect((await gateway.get(`/orders/${body.orderId}`)).body).toMatchObject({ orderId: body.orderId });
  });
});

describe('API Endpoints: Inventory Service (Port 3001)', () => {
  it('GET /health - Health check (inventory)', async () => {
    expect(await inventory.get('/health')).toMatchObject({ status: 200, body: { status: 'UP', service: 'inventory' } });
  });

  it('GET /inventory - Get all inventory items', async () => {
    const { body } = await inventory.get('/inventory');
    const ids = body.items.map(({ productId }: { productId: string }) => productId);
    expect(ids).toEqual(expect.arrayContaining(['PROD001', 'PROD002', 'PROD003', 'PROD004', 'PROD005']));
  });

  it('GET /inventory/:productId - Get inventory for specific product', async () => {
    expect(await inventory.get('/inventory/PROD001')).toMatchObject({ status: 200, body: { productId: 'PROD001' } });
  });

  it('GET /inventory/:productId/availability?quantity=X - Check availability', async () => {
    expect((await inventory.get('/inventory/PROD005/availability?quantity=5')).body).toMatchObject({ available: true });
    expect((await inventory.get('/inventory/PROD005/availability?quantity=6')).body).toMatchObject({
      available: false,
    });
  });

  it('POST /inventory/:productId/reserve - Reserve inventory', async () => {
    const before = await levelOf('PROD002');
    expect(await inventory.post('/inventory/PROD002/reserve', { quantity: 10 })).toMatchObject({ status: 200 });
    expect(await levelOf('PROD002')).toMatchObject({ available: before.available - 10 });
  });

  it('POST /inventory/:productId/release - Release reserved inventory', async () => {
    const before = await levelOf('PROD002');
    expect(await inventory.post('/inventory/PROD002/release', { quantity: 10 })).toMatchObject({ status: 200 });
    expect(await levelOf('PROD002')).toMatchObject({ available: before.available + 10 });
  });

  it('PUT /inventory/:productId - Update inventory (add stock)', async () => {
    const before = await levelOf('PROD002');
    expect(await inventory.put('/inventory/PROD002', { quantity: 50 })).toMatchObject({ status: 200 });
    expect(await levelOf('PROD002')).toMatchObject({ available: before.available + 50 });
  });
});

describe('API Endpoints: Product Service (Port 3002)', () => {
  it('GET /health - Health check (product)', async () => {
    expect(await product.get('/health')).toMatchObject({ status: 200, body: { status: 'UP', service: 'product' } });
  });

  it('GET /products - Get all products', async () => {
    const { body } = await product.get('/products');
    const ids = body.items.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(expect.arrayContaining(['PROD001', 'PROD002', 'PROD003', 'PROD004', 'PROD005']));
  });

  it('GET /products/:productId - Get product by ID', async () => {
    expect(await product.get('/products/PROD001')).toMatchObject({ status: 200, body: { id: 'PROD001' } });
  });

  it('GET /products/search/:query - Search products', async () => {
    const { body } = await product.get('/products/search/lamp');
    expect(body.items[0]).toMatchObject({ id: 'PROD002' });
  });

  it('POST /products - Create new product', async () => {
    expect(await product.post('/products', NEW_PRODUCT)).toMatchObject({ status: 201, body: NEW_PRODUCT });
  });

  it('PUT /products/:productId - Update product', async () => {
    expect(await product.put('/products/PROD006', { price: 89.99 })).toMatchObject({ body: { price: 89.99 } });
  });

  it('DELETE /products/:productId - Delete product', async () => {
    expect((await product.delete('/products/PROD006')).status).toBeLessThan(300);
    expect(await product.get('/products/PROD006')).toMatchObject({ status: 404 });
  });
});

describe('API Endpoints: Order Service (Port 3003)', () => {
  it('GET /health - Health check (includes circuit breaker status)', async () => {
    const { body } = await order.get('/health');
    expect(body).toMatchObject({ status: 'UP', dependencies: { inventory: 'CLOSED', product: 'CLOSED' } });
  });

  it('GET /circuit-breaker/status - Get circuit breaker states', async () => {
    const { body } = await order.get('/circuit-breaker/status');
    expect(body.breakers).toContainEqual(expect.objectContaining({ name: 'inventory', state: 'CLOSED' }));
  });

  it('POST /circuit-breaker/reset - Reset circuit breakers (admin)', async () => {
    expect(await order.post('/circuit-breaker/reset')).toMatchObject({ status: 200 });
  });

  it('POST /orders - Create new order', async () => {
    const items = [
      { productId: 'PROD001', quantity: 2 },
      { productId: 'PROD002', quantity: 1 },
    ];
    const { status, body } = await order.post('/orders', { items });
    expect({ status, body }).toMatchObject({ status: 201, body: { status: 'CONFIRMED', items } });
    orderId = body.orderId;
  });

  it('GET /orders - Get all orders', async () => {
    const { body } = await order.get('/orders');
    expect(body.items).toContainEqual(expect.objectContaining({ orderId }));
  });

  it('GET /orders/:orderId - Get order by ID', async () => {
    expect(await order.get(`/orders/${orderId}`)).toMatchObject({ status: 200, body: { orderId } });
  });

  it('POST /orders/:orderId/confirm - Confirm order', async () => {
    expect(await order.post(`/orders/${orderId}/confirm`)).toMatchObject({ body: { status: 'CONFIRMED' } });
  });

  it('POST /orders/:orderId/cancel - Cancel order', async () => {
    expect(await order.post(`/orders/${orderId}/cancel`)).toMatchObject({ body: { status: 'CANCELLED' } });
  });
});

describe('Test Scenario 1: Normal Operation', () => {
  it('1. Create an order', async () => {
    expect(await system.curl(CREATE_AN_ORDER)).toMatchObject({ status: 201, body: { status: 'CONFIRMED' } });
  });
});

describe('Test Scenario 2: Simulate Service Failure', () => {
  it('1. Stop the Inventory Service', async () => {
    expect(await system.stop('inventory')).toBe(true);
  });

  it('2. Try to create an order multiple times (5+ times)', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => system.curl(CREATE_AN_ORDER)));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
  });

  it('3. The circuit breaker will open after 5 failures', async () => {
    expect((await breaker('inventory')).state).not.toBe('CLOSED');
  });

  it('4. Subsequent requests will be rejected immediately with 503 status', async () => {
    const another = async () => {
      const { stats } = await breaker('inventory');
      const answer = await system.curl(CREATE_AN_ORDER);
      return { answer, rejected: (await breaker('inventory')).stats.rejects > stats.rejects };
    };
    const { answer } = await eventually(another, ({ rejected }) => rejected);
    expect(answer).toMatchObject({ status: 503, body: { code: 'INVENTORY_UNAVAILABLE' } });
  });

  it('5. Check circuit breaker status', async () => {
    const { body } = await system.curl(STATUS);
    expect(body.breakers).toContainEqual(expect.objectContaining({ name: 'inventory' }));
  });

  it('OPEN: Service is failing, requests are immediately rejected', async () => {
    await eventually(
      () => system.curl(CREATE_AN_ORDER).then(() => breaker('inventory')),
      ({ state }) => state === 'OPEN',
    );
  });
});

describe('Test Scenario 3: Service Recovery', () => {
  it('1. After the circuit breaker opens, wait 30 seconds', async () => {
    await eventually(
      () => breaker('inventory'),
      ({ state }) => state === 'HALF_OPEN',
    );
  });

  it('2. Restart the Inventory Service', async () => {
    await system.restart('inventory');
    expect(await inventory.get('/health')).toMatchObject({ status: 200 });
  });

  it('3. The circuit breaker will transition to HALF_OPEN state', async () => {
    expect(
      await eventually(
        () => breaker('inventory'),
        ({ state }) => state !== 'OPEN',
      ),
    ).toMatchObject({ state: 'HALF_OPEN' });
  });

  it('HALF_OPEN: Testing if service has recovered, allows limited requests', async () => {
    expect(await system.curl(CREATE_AN_ORDER)).toMatchObject({ status: 201 });
    expect(await breaker('inventory')).toMatchObject({ state: 'HALF_OPEN' });
  });

  it('4. After 2 successful requests, it will close again', async () => {
    expect(await system.curl(CREATE_AN_ORDER)).toMatchObject({ status: 201 });
    expect(await breaker('inventory')).toMatchObject({ state: 'CLOSED' });
  });
});

describe('Test Scenario 4: Built-in Failure Simulation', () => {
  it('The Inventory Service has a built-in failure simulation (30% failure rate) for testing.', async () => {
    const failing = await system.more('inventory', { CHAOS_RATE: 'inventory=0.3' });
    expect((await failing.get('/chaos')).body).toMatchObject({ enabled: true, failureRate: 0.3 });
  });

  it('You can also trigger failures manually', async () => {
    const answer = await system.curl('curl "http://localhost:3001/inventory?simulateFailure=true"');
    expect(answer).toMatchObject({ status: 500, body: { code: 'CHAOS_INJECTED' } });
  });
});

describe('Example Usage', () => {
  it('1. Check Service Health', async () => {
    expect(await system.curl('curl http://localhost:3000/health')).toMatchObject({ status: 200 });
  });

  it('2. Get All Products', async () => {
    const { body } = await system.curl('curl http://localhost:3000/products');
    expect(body.items).toContainEqual(expect.objectContaining({ id: 'PROD001' }));
  });

  it('3. Check Inventory', async () => {
    const { body } = await system.curl('curl http://localhost:3000/inventory/PROD001');
    expect(body).toMatchObject({ productId: 'PROD001', available: expect.any(Number) });
  });

  it('4. Create an Order', async () => {
    const answer = await system.curl(CREATE_AN_ORDER_OF_TWO);
    expect(answer).toMatchObject({ status: 201, body: { status: 'CONFIRMED', total: 109.93 } });
    ({ orderId } = answer.body);
  });

  it('5. Check Circuit Breaker Status', async () => {
    const { body } = await system.curl(STATUS);
    for (const { state } of body.breakers) expect(state).toBe('CLOSED');
  });

  it('6. Confirm Order', async () => {
    const command = 'curl -X POST http://localhost:3000/orders/ORD000001/confirm'.replace('ORD000001', orderId);
    expect(await system.curl(command)).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
  });
});

describe('Features', () => {
  it('Service health monitoring', async () => {
    expect((await gateway.get('/health')).body).toMatchObject({ dependencies: { inventory: { status: 'UP' } } });
  });

  it('Inventory reservation system', async () => {
    expect((await inventory.get(`/inventory/reservations/${orderId}`)).body).toMatchObject({ status: 'RESERVED' });
  });

  it('Error handling and graceful degradation', async () => {
    expect(await gateway.get('/orders/none')).toMatchObject({ status: 404, body: { code: 'ORDER_NOT_FOUND' } });
  });

  it('Circuit breaker statistics and monitoring', async () => {
    expect((await breaker('inventory')).stats).toMatchObject({
      fires: expect.any(Number),
      failures: expect.any(Number),
    });
    expect(await metricOf(order, 'circuit_breaker_state{target="inventory"')).toBe(0);
  });
});

describe('Environment Variables', () => {
  it('You can configure service URLs using environment variables', async () => {
    const { body } = await gateway.get('/health');
    expect(body.dependencies.inventory.addresses).toEqual([{ url: inventory.url, status: 'UP' }]);
  });
});

describe('Notes', () => {
  it('All services use in-memory storage for simplicity', () => {
    for (const name of ['inventory', 'product', 'order'] as const) {
      expect(system.logOf(name).join()).toContain('everything is kept in memory');
    }
  });

  it('The Inventory Service includes a failure simulation mode for testing', async () => {
    expect(await inventory.get('/chaos')).toMatchObject({ status: 200, body: { enabled: false } });
  });

  it('Circuit breakers are per-service (one for Inventory, one for Product)', async () => {
    const { body } = await order.get('/circuit-breaker/status');
    expect(body.breakers.map(({ name }: Breaker) => name)).toEqual(expect.arrayContaining(['inventory', 'product']));
  });

  it('The system can be extended with databases, message queues, etc.', () => {
    expect(source('.env.example')).toMatch(/^# DATABASE_URL=[\s\S]*^# KAFKA_BROKERS=/m);
  });
});
