import { ConfigError } from '../service/config.ts';
import type { EventSource } from './hand-over.ts';
import type { KafkaSourceParts } from './kafka-source.ts';
import type { Publisher } from './relay.ts';

/** Kafka's client is loaded only here, when it is wanted and can run. */

const OLDEST_NODE = [22, 22] as const;

export async function openKafkaPublisher(clientId: string, brokers: readonly string[]): Promise<Publisher> {
  requireNode();
  const { KafkaPublisher } = await import('./kafka-publisher.ts');
  return new KafkaPublisher(clientId, brokers);
}

export async function openKafkaSource(parts: KafkaSourceParts): Promise<EventSource> {
  requireNode();
  const { KafkaSource } = await import('./kafka-source.ts');
  return new KafkaSource(parts);
}

/** The client loads on an older Node too, and fails with the first request. */
export function canRunKafka(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

function requireNode(): void {
  if (!canRunKafka(process.version))
    throw new ConfigError(`KAFKA_BROKERS needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.version}`);
}
