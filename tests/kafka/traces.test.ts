import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../e2e/http.ts';
import { cart } from '../e2e/orders.ts';
import { type System, startSystem } from '../e2e/system.ts';
import { consoleConsumer, describeKafka, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { type Collector, startCollector, type ZipkinSpan } from '../servers/span-collector.ts';
import { Tree } from '../tracing/tree.ts';

const PATIENCE_MS = 60_000;

describeKafka('a trace', () => {
  let kafka: KafkaServer;
  let collector: Collector;
  let system: System;
  beforeAll(async () => {
    kafka = await startKafka();
    collector = await startCollector();
    const env = { KAFKA_BROKERS: kafka.broker, ZIPKIN_URL: collector.url };
    system = await startSystem(env, ['order', 'inventory', 'payment', 'notification']);
  }, 90_000);
  afterAll(async () => {
    await system?.stop();
    await collector?.close();
    await kafka?.stop();
  }, 60_000);

  it('goes through Kafka: the publishing span is the parent of the consuming span', async () => {
    await system.order.post('/orders', cart());
    const isThere = (tree: Tree) => tree.find('send a notification', { 'notification.kind': 'order-confirmed' });
    const tree = await eventually(
      () => new Tree(collector.spans),
      (seen) => seen.isWhole && isThere(seen).length === 1,
      PATIENCE_MS,
    );
    expect(tree.wayTo(isThere(tree)[0] as ZipkinSpan)).toEqual([
      'order: POST /orders',
      'order: saga place-order',
      'order: publish order.status-changed',
      'notification: consume order.status-changed',
      'notification: send a notification',
    ]);
    expect(tree.roots).toHaveLength(1);

    const messages = await consoleConsumer(kafka.broker, 'orders.events');
    const published = tree.spans.filter(({ kind, name }) => kind === 'PRODUCER' && name.startsWith('publish order.'));
    const header = ({ traceId, id }: ZipkinSpan) => `00-${traceId}-${id}-01`;
    expect(messages.map(({ headers }) => headers.ce_traceparent).sort()).toEqual(published.map(header).sort());
  }, 120_000);
});
