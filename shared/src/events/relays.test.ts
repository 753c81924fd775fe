import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Relay } from '@oms/shared/events/relay';
import { PostgresStore } from '@oms/shared/store/postgres';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { realWorld } from '@oms/shared/world';
import { eventually } from '../../../tests/e2e/http.ts';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { added, happen, Topic, upTo } from '../../test/topic.ts';

const PRODUCTS = ['A', 'B', 'C', 'D'];
const EACH = 60;

describeDurable('two relays of one service with one database', () => {
  let topic: Topic;
  let writer: PostgresStore<unknown>;
  let replicas: { relay: Relay; store: PostgresStore<unknown> }[];
  beforeEach(async () => {
    const database = await freshDatabase();
    const open = () => new PostgresStore<unknown>(database);
    topic = new Topic();
    topic.troubles = Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? 'answer lost' : 'half taken'));
    writer = open();
    replicas = [open(), open()].map((store) => {
      const parts = { store, world: realWorld, log: createLogger('inventory', 'silent') };
      return { store, relay: new Relay('inventory', topic, { ...parts, metrics: createMetrics('inventory') }) };
    });
    for (const { relay } of replicas) relay.start();
  });
  afterEach(async () => {
    for (const { relay, store } of replicas) await relay.stop().then(() => store.close());
    await writer.close();
  });

  const writeAll = () =>
    Promise.all(
      PRODUCTS.map(async (product) => {
        for (const _ of upTo(EACH)) await happen(writer, added(product));
      }),
    );
  const everything = Object.fromEntries(PRODUCTS.map((product) => [product, upTo(EACH)]));
  const some = () =>
    eventually(
      () => topic.received.length,
      (length) => length > 10,
    );
  const all = () =>
    eventually(
      () => topic.firsts().length,
      (length) => length >= EACH * PRODUCTS.length,
    );

  it('publish everything, in order per subject, when one is stopped in the middle', async () => {
    const writing = writeAll();
    await some();
    await replicas[0]?.relay.stop();
    await writing;
    await all();
    expect(topic.sequences()).toEqual(everything);
  });

  it('publish everything, in order per subject, when one after the other loses its database in the middle', async () => {
    const [first] = replicas.splice(0, 1) as [(typeof replicas)[0]];
    const writing = writeAll();
    await some();
    await first.store.close();
    await writing;
    await all();
    expect(topic.sequences()).toEqual(everything);
    await first.relay.stop();
  });
});
