import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../e2e/http.ts';
import { reaches, shipped } from '../e2e/orders.ts';
import { type System, startSystem } from '../e2e/system.ts';
import { consoleConsumer, describeKafka, type KafkaServer, partitionsOf, startKafka } from '../servers/kafka.ts';

const PATIENCE_MS = 30_000;
const NAMES = ['product', 'inventory', 'payment', 'shipping', 'order'] as const;

describeKafka('a system that keeps everything in memory, with Kafka', () => {
  let kafka: KafkaServer;
  let system: System;
  beforeAll(async () => {
    kafka = await startKafka();
    system = await startSystem({ KAFKA_BROKERS: kafka.broker, KAFKA_TOPICS: 'by-type' }, NAMES);
  }, 90_000);
  afterAll(async () => {
    await system?.stop();
    await kafka?.stop();
  }, 60_000);

  const messagesOn = async (topic: string) =>
    (await consoleConsumer(kafka.broker, topic)).map(({ key, value }) => ({ key, ...JSON.parse(value) }));

  it('has the topics of single types before the first order, with as many partitions as the others', async () => {
    const partitions = () => partitionsOf(kafka.broker, 'order-status-changed').catch(() => 0);
    await eventually(partitions, (count) => count === 6, PATIENCE_MS);
  }, 60_000);

  it('tells each change of the status of an order, as the console consumer shows it', async () => {
    const { id } = await shipped(system);
    await reaches(system, id, 'SHIPPED');
    const changes = await eventually(
      () => messagesOn('order-status-changed'),
      (found) => found.length >= 2,
      PATIENCE_MS,
    );
    expect(changes).toMatchObject([
      { key: id, orderId: id, oldStatus: 'PENDING', newStatus: 'CONFIRMED' },
      { key: id, orderId: id, oldStatus: 'CONFIRMED', newStatus: 'SHIPPED' },
    ]);
    expect(await messagesOn('order-placed')).toMatchObject([
      { key: id, orderId: id, customerId: 'CUST1', status: 'PENDING', currency: 'USD', total: 29.99 },
    ]);
  }, 60_000);

  describe('whose inventory', () => {
    const stockOfHat = () => system.inventory.get('/inventory/hat');

    it('hears of a product through Kafka, and after a restart with an empty memory once more', async () => {
      await system.product.post('/products', { id: 'hat', name: 'Hat', price: 20 });
      await eventually(stockOfHat, ({ status }) => status === 200, PATIENCE_MS);
      await system.kill('inventory');
      await system.revive('inventory');
      await eventually(stockOfHat, ({ status }) => status === 200, PATIENCE_MS);
      await system.product.delete('/products/hat');
      await eventually(stockOfHat, ({ body }) => body.withdrawn === true, PATIENCE_MS);
    }, 90_000);
  });
});
