import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../service/config.ts';
import { canRunKafka, openKafkaPublisher, openKafkaSource } from './kafka.ts';

describe('Kafka’s client', () => {
  it.each(['v20.20.2', 'v22.21.9', 'v18.0.0'])('does not run on Node %s', (version) => {
    expect(canRunKafka(version)).toBe(false);
  });

  it.each(['v22.22.0', 'v24.0.0', 'v26.1.0'])('runs on Node %s', (version) => {
    expect(canRunKafka(version)).toBe(true);
  });
});

(canRunKafka(process.version) ? describe.skip : describe)('on a Node that is too old', () => {
  const brokers = ['localhost:9092'];

  it('neither a publisher nor a source can be opened, and the error says why', async () => {
    const complaint = new ConfigError(`KAFKA_BROKERS needs Node 22.22 or newer; this is ${process.version}`);
    await expect(openKafkaPublisher('order', brokers)).rejects.toEqual(complaint);
    await expect(openKafkaSource({ brokers, group: 'notification', services: ['order'] } as never)).rejects.toEqual(
      complaint,
    );
  });
});
