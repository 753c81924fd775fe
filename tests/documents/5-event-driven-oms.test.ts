import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { parse } from 'yaml';
import { type Api, eventually } from '../e2e/http.ts';
import { consoleConsumer, describeKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { type MailServer, startMailServer } from '../servers/mail.ts';
import { startRedis } from '../servers/redis.ts';
import { ACCOUNT, startTextMessages, type TextMessages } from '../servers/text-messages.ts';
import { describeZipkin, startZipkin, type ZipkinServer } from '../servers/zipkin.ts';
import { describeDurable } from '../support/database.ts';
import { describeRedis } from '../support/redis.ts';
import { comingFrom } from './coming-from.ts';
import { filesOf, metricOf, source } from './looking.ts';
import { ALL, RealSystem } from './real-system.ts';

/** Its ports and ours: the first row of its table in docs/coming-from.md. */
const { services } = comingFrom(5);

const AN_ORDER = { items: [{ productId: 'PROD001', quantity: 1 }] };
const ADA = { id: 'ada', name: 'Ada Lovelace', email: 'ada@example.org' };
const BOB = { id: 'bob', name: 'Bob', phone: '+15005550010' };

describeDurable('document 5', () => {
  let system: RealSystem;
  let kafka: KafkaServer | undefined;
  let zipkin: ZipkinServer | undefined;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  let mails: MailServer;
  let texts: TextMessages;
  let gateway: Api;
  let order: Api;
  let inventory: Api;
  let notification: Api;
  /** The order that is walked with. */
  let id: string;
  const database = `${process.env.DATABASE_URL_TEST}/document_5_${Date.now()}`;

  beforeAll(async () => {
    [kafka, zipkin, redis] = await Promise.all([
      describeKafka === describe ? startKafka() : undefined,
      describeZipkin === describe ? startZipkin() : undefined,
      describeRedis === describe ? startRedis() : undefined,
    ]);
    [mails, texts] = await Promise.all([startMailServer(), startTextMessages()]);
    const env = {
      ...{ SMTP_URL: mails.url, MAIL_FROM: 'Our Shop <orders@shop.example>', SMS_FROM: '+15005550009' },
      ...{ SMS_API_URL: texts.url, SMS_ACCOUNT_SID: ACCOUNT.accountSid, SMS_AUTH_TOKEN: ACCOUNT.authToken },
      DATABASE_URL: database,
      KAFKA_BROKERS: kafka?.broker ?? '',
      KAFKA_TOPICS: 'by-type',
      REDIS_URL: redis?.url ?? '',
      ZIPKIN_URL: zipkin?.url ?? '',
    };
    system = await RealSystem.start(services, env, [...ALL, 'order-2']);
    gateway = system.at(8080);
    order = system.at(8082);
    inventory = system.at(8083);
    notification = system.at(8084);
  }, 180_000);
  afterAll(async () => {
    system?.end();
    await Promise.all([kafka?.stop(), zipkin?.stop(), redis?.kill(), mails?.close(), texts?.close()]);
  }, 60_000);

  const placed = async (more: object = {}) => (await gateway.post('/api/orders', { ...AN_ORDER, ...more })).body;
  const toldOf = async (orderId: string) => (await gateway.get(`/api/notifications?orderId=${orderId}`)).body.items;
  interface Told {
    kind: string;
    subject: string;
    status: string;
    channel: string;
  }
  const told = (orderId: string, kind: string) =>
    eventually(
      async () => ((await toldOf(orderId)) as Told[]).find((one) => one.kind === kind),
      (found) => found !== undefined && found.status === 'SENT',
    );
  const tablesOf = async (name: string) => {
    const client = new pg.Client({ connectionString: `${database}_${name}` });
    await client.connect();
    const { rows } = await client.query("SELECT id FROM docs WHERE id NOT LIKE '%catalog%'");
    await client.end();
    return rows.map((row) => row.id as string);
  };

  describe('1. Project Overview', () => {
    it('allowing users to place orders, track their status, and manage inventory in real-time', async () => {
      const { orderId } = await placed();
      expect((await gateway.get(`/api/orders/${orderId}`)).body).toMatchObject({ status: 'CONFIRMED' });
      expect(await gateway.put('/api/inventory/PROD001', { quantity: 10 })).toMatchObject({ status: 200 });
    });

    it('If traffic spikes, we can scale just the Order Service.', async () => {
      const { body } = await gateway.get('/health');
      expect(body.dependencies.order.addresses).toHaveLength(2);
      expect(body.dependencies.inventory.addresses).toHaveLength(1);
    });
  });

  describe('2. High-Level Architecture', () => {
    it('Gateway -->|Route /api/orders| Order Service :8082', async () => {
      const { orderId } = await placed();
      expect((await order.get(`/orders/${orderId}`)).body).toMatchObject({ orderId });
    });

    it('Gateway -->|Route /api/inventory| Inventory Service :8083', async () => {
      const { body } = await inventory.get('/inventory/PROD002');
      expect((await gateway.get('/api/inventory/PROD002')).body).toEqual(body);
    });

    it('Gateway -->|Route /api/notifications| Notification Service :8084', async () => {
      const { orderId } = await placed({ customer: ADA });
      await told(orderId, 'order-received');
      expect((await notification.get(`/notifications?orderId=${orderId}`)).body.items.length).toBeGreaterThan(0);
    });

    it('Order -->|Read/Write| PostgreSQL', async () => {
      const { orderId } = await placed();
      expect((await tablesOf('order')).some((one) => one.includes(orderId))).toBe(true);
    });

    it('Prometheus -->|Scrape Metrics| Order', () => {
      expect(source('ops/prometheus/prometheus.yml')).toContain('order:3000');
    });

    it('Grafana -->|Visualize| Prometheus', () => {
      const files = filesOf('ops/grafana/provisioning/datasources');
      expect(files.map((file) => source(`ops/grafana/provisioning/datasources/${file}`)).join()).toContain(
        'type: prometheus',
      );
    });
  });

  describe('3. Technology Stack', () => {
    it('Reliable relational database for ACID compliance (crucial for orders).', () => {
      expect(parse(source('docker-compose.full.yml'), { merge: true }).services.postgres.image).toMatch(/^postgres:/);
    });

    it('Version controls the database schema (like Git for SQL).', () => {
      expect(filesOf('shared/migrations').every((file) => /^\d+.*\.sql$/.test(file))).toBe(true);
    });

    it('Auto-generates interactive API docs for frontend devs/testers.', async () => {
      expect((await order.get('/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
      expect((await order.get('/docs')).text).toContain('swagger-ui');
    });

    it('"Works on my machine" -> Works everywhere. Easy deployment.', () => {
      const compose = parse(source('docker-compose.yml'), { merge: true }).services;
      for (const name of ['gateway', 'order', 'inventory', 'notification']) expect(compose[name].build).toBeDefined();
    });
  });

  describe('4.1. API Gateway (Port 8080)', () => {
    let guarded: Api;
    beforeAll(async () => {
      const inside = { AUTH_MODE: 'jwt', INTERNAL_TOKEN: 'a-token-that-all-services-share' };
      guarded = await system.more('gateway', inside);
    });

    it('Authentication: Validates JWT tokens before letting requests pass.', async () => {
      expect(await guarded.get('/api/orders')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
      const { token } = (await guarded.post('/auth/token', { userId: 'ada' })).body;
      const headers = { Authorization: `Bearer ${token}` };
      expect(await guarded.get('/api/orders', { headers })).toMatchObject({ status: 200 });
    });

    it('2. Gateway verifies Token.', async () => {
      const headers = { Authorization: 'Bearer not.a.token' };
      expect(await guarded.post('/api/orders', AN_ORDER, { headers })).toMatchObject({ status: 401 });
    });

    it('Central entry point, handles routing, security, and rate limiting.', async () => {
      expect((await gateway.get('/api/products')).headers.get('ratelimit')).toMatch(/r=\d+/);
    });

    it('Routing: Directs /api/orders to Order Service and /api/inventory to Inventory Service.', async () => {
      for (const path of ['/api/orders', '/api/inventory']) {
        expect(await gateway.get(path)).toMatchObject({ status: 200, body: { items: expect.any(Array) } });
      }
    });

    it('Load Balancing: Can distribute traffic if we run multiple instances of a service.', async () => {
      await Promise.all(Array.from({ length: 10 }, () => placed()));
      for (const name of ['order', 'order-2']) {
        expect(await metricOf(system.of(name), 'http_request_duration_seconds_count')).toBeGreaterThan(0);
      }
    });
  });

  describe('4.2. Order Service (Port 8082)', () => {
    it('Place Order: Validates request, checks inventory, saves to DB.', async () => {
      expect(await order.post('/orders', { items: [] })).toMatchObject({ status: 400 });
      expect(await order.post('/orders', { items: [{ productId: 'PROD005', quantity: 6 }] })).toMatchObject({
        status: 409,
      });
      expect(await order.post('/orders', AN_ORDER)).toMatchObject({ status: 201 });
    });

    it('State Machine: Manages status transitions (CREATED → PAID → SHIPPED).', async () => {
      const { orderId } = await placed({ autoConfirm: false, shippingAddress: '123 Main St, Springfield' });
      for (const status of ['PAID', 'SHIPPED']) {
        expect(await gateway.put(`/api/orders/${orderId}/status`, { status })).toMatchObject({ status: 200 });
      }
      expect(await gateway.put(`/api/orders/${orderId}/status`, { status: 'CREATED' })).toMatchObject({ status: 409 });
    });
  });

  describe('4.3. Inventory Service (Port 8083)', () => {
    it('Checks if items are available.', async () => {
      expect((await inventory.get('/inventory/check?productId=PROD001')).body).toMatchObject({ available: true });
    });

    it('In a real scenario, it would reserve stock to prevent overselling.', async () => {
      const { orderId } = await placed();
      expect((await inventory.get(`/inventory/reservations/${orderId}`)).body).toMatchObject({ status: 'RESERVED' });
    });
  });

  describe('4.4. Notification Service (Port 8084)', () => {
    it('it simulates sending an email to the customer.', async () => {
      const { orderId } = await placed({ customer: ADA });
      expect(await told(orderId, 'order-confirmed')).toMatchObject({ channel: 'smtp' });
      expect(mails.mails).toContainEqual(
        expect.objectContaining({ recipients: [ADA.email], text: expect.stringContaining(orderId) }),
      );
    });

    it('it simulates sending an SMS to the customer.', async () => {
      const { orderId } = await placed({ customer: BOB });
      expect(await told(orderId, 'order-confirmed')).toMatchObject({ channel: 'sms' });
      expect(texts.messages).toContainEqual(expect.objectContaining({ to: BOB.phone }));
    });
  });

  describe('5.A. The "Place Order" Flow', () => {
    it('1. User sends POST /api/orders.', async () => {
      const answer = await gateway.post('/api/orders', { ...AN_ORDER, customer: ADA });
      expect(answer.status).toBe(201);
      id = answer.body.orderId;
    });

    it('3. Order Service receives request.', async () => {
      expect((await order.get(`/orders/${id}/events`)).body.events[0]).toMatchObject({ type: 'order.placed' });
    });

    it('5. Database: Order saved as CREATED.', async () => {
      expect((await order.get(`/orders/${id}?version=1`)).body).toMatchObject({ status: 'PENDING' });
      expect((await order.get('/orders?status=CREATED')).status).toBe(200);
    });

    it('4. Circuit Breaker Check: Order Service calls Inventory Service to check stock.', async () => {
      expect((await order.get(`/orders/${id}/events`)).text).toMatch(/"saga\.step-done".*?"reserve-stock"/);
    });

    it('Scenario A (Success): Inventory says "OK". Order is saved.', async () => {
      expect((await order.get(`/orders/${id}`)).body).toMatchObject({ status: 'CONFIRMED' });
    });
  });

  describe('5.B. The "Order Status Update" Flow', () => {
    it('1. Admin sends PUT /api/orders/1/status with PAID.', async () => {
      id = (await placed({ customer: ADA, autoConfirm: false, shippingAddress: '123 Main St, Springfield' })).orderId;
      expect(await gateway.put(`/api/orders/${id}/status`, 'PAID')).toMatchObject({ status: 200 });
    });

    it('2. Order Service updates PostgreSQL.', async () => {
      expect((await system.of('order-2').get(`/orders/${id}`)).body).toMatchObject({ status: 'CONFIRMED' });
    });

    it('4. Notification Service picks up this message and triggers an email alert', async () => {
      expect(await told(id, 'order-confirmed')).toMatchObject({ subject: 'Your order is confirmed' });
    });

    it('"Your payment is received!"', async () => {
      await gateway.put(`/api/orders/${id}/status`, { status: 'SHIPPED' });
      await told(id, 'payment-received');
      expect(mails.mails.map(({ headers }) => headers.subject)).toContain('Your payment is received');
    });
  });

  describe('6. Design Patterns Implemented', () => {
    it('API Gateway Pattern: Single entry point for all clients.', async () => {
      const { body } = await gateway.get('/health');
      expect(Object.keys(body.dependencies).length).toBeGreaterThanOrEqual(4);
    });

    it("They don't share tables (loose coupling).", async () => {
      const { orderId } = await placed();
      const inInventory = await tablesOf('inventory');
      expect(inInventory.every((one) => !one.startsWith('order'))).toBe(true);
      expect((await tablesOf('order')).some((one) => one.includes(orderId))).toBe(true);
    });

    it('CQRS (Lite): We separate the "Command" (Place Order) from the "Query" (Get Order)', async () => {
      const { orderId } = await placed();
      expect(await gateway.get(`/api/orders/${orderId}`)).toMatchObject({ status: 200 });
    });
  });

  describe('7. How to Verify It Works?', () => {
    it('Swagger UI: Go to http://localhost:8082/swagger-ui/index.html.', async () => {
      const { status, text } = await order.get('/swagger-ui/index.html');
      expect(status).toBe(200);
      expect(text).toContain('swagger-ui');
    });
  });

  describeKafka('with Kafka', () => {
    /** What Kafka's console consumer shows of the order that is walked with, once there is some. */
    const shownOn = (topic: string) =>
      eventually(
        async () => {
          const messages = await consoleConsumer(kafka?.broker as string, topic);
          return messages.filter(({ key }) => key === id).map(({ value }) => JSON.parse(value));
        },
        (values) => values.length > 0,
      );

    it('6. Kafka: Event OrderPlacedEvent is published.', async () => {
      expect(await shownOn('order-placed')).toEqual([expect.objectContaining({ orderId: id })]);
    }, 60_000);

    it('3. Order Service publishes order-status-changed event to Kafka.', async () => {
      const payload = { orderId: id, oldStatus: 'AWAITING_CONFIRMATION', newStatus: 'CONFIRMED' };
      expect(await shownOn('order-status-changed')).toContainEqual(expect.objectContaining(payload));
    }, 60_000);

    it('Kafka Events: I can run a console consumer and show you the JSON messages', async () => {
      for (const shown of await shownOn('orders.events')) expect(shown).toMatchObject({ orderId: id });
    }, 60_000);

    it('Kafka -->|Consume Events| Notification', async () => {
      const { orderId } = await placed({ customer: ADA });
      expect(await told(orderId, 'order-received')).toMatchObject({ status: 'SENT' });
    });

    it('Kafka -->|Consume Events| Inventory', async () => {
      await gateway.post('/api/products', { id: 'NEW1', name: 'New', price: 1 });
      await eventually(
        () => inventory.get('/inventory/NEW1'),
        ({ status }) => status === 200,
      );
    });
  });

  describeRedis('with Redis', () => {
    it('Caching: Uses Redis to store frequently accessed order details.', async () => {
      const { orderId } = await placed();
      const hits = () => metricOf(order, 'order_copy_reads_total{outcome="hit"');
      const before = (await hits()) ?? 0;
      await eventually(
        () => order.get(`/orders/${orderId}`).then(hits),
        (now) => (now ?? 0) > before,
      );
    });

    it('5. Redis Cache is updated/evicted so the next read fetches fresh data.', async () => {
      const { orderId } = await placed({ autoConfirm: false });
      for (const name of ['order', 'order-2']) await system.of(name).get(`/orders/${orderId}`);
      await order.put(`/orders/${orderId}/status`, { status: 'PAID' });
      for (const name of ['order', 'order-2']) {
        expect((await system.of(name).get(`/orders/${orderId}`)).body).toMatchObject({ status: 'CONFIRMED' });
      }
    });
  });

  describeZipkin('with Zipkin', () => {
    const servicesIn = async (traceId: string) =>
      new Set((await zipkin?.trace(traceId))?.map(({ localEndpoint }) => localEndpoint.serviceName));

    it('Observability: Order, Inventory and Notification --> Zipkin', async () => {
      const traceId = 'cafe0000'.repeat(4);
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
      await gateway.post('/api/orders', { ...AN_ORDER, customer: ADA }, { headers });
      await eventually(
        () => servicesIn(traceId),
        (names) => ['order', 'inventory', 'notification'].every((name) => names.has(name)),
      );
    });

    it('the trace ID of a single request jumping from Gateway -> Order -> Inventory', async () => {
      const traceId = 'c0ffee00'.repeat(4);
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
      expect(await gateway.post('/api/orders', AN_ORDER, { headers })).toMatchObject({ status: 201 });
      await eventually(
        () => servicesIn(traceId),
        (names) => ['gateway', 'order', 'inventory'].every((name) => names.has(name)),
      );
    });
  });

  describe('when a service is down', () => {
    it('If the Notification service goes down, people can still place orders.', async () => {
      await system.stop('notification');
      expect(await gateway.post('/api/orders', AN_ORDER)).toMatchObject({ status: 201 });
      await system.restart('notification');
    });

    it("If Inventory is down, Order service doesn't crash; it fails gracefully.", async () => {
      await system.stop('inventory');
      const { body } = await order.get('/availability?productId=PROD001');
      expect(body).toMatchObject({ available: true, optimistic: true });
      expect(await order.get('/livez')).toMatchObject({ status: 200 });
    });

    it('Circuit Breaker opens.', async () => {
      await Promise.all([1, 2, 3, 4, 5].map(() => order.get('/availability?productId=PROD001')));
      expect((await order.get('/health')).body.dependencies.inventory).not.toBe('CLOSED');
    });

    it('Scenario B (Failure): Order Service returns a "fallback" response immediately instead of hanging.', async () => {
      expect(await gateway.post('/api/orders', AN_ORDER)).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    });
  });
});
