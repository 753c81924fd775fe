import { compatibilityPartitioner, Producer, stringSerializers } from '@platformatic/kafka';
import type { CloudEvent } from '../contracts/cloud-events.ts';
import { within } from '../within.ts';
import { clientOptions, ensureTopics, farewell, reasonOf } from './kafka-client.ts';
import type { Publisher } from './relay.ts';
import { type KafkaMessage, messageOf } from './render.ts';

const PUBLISH_LIMIT_MS = 15_000;
/** Brokers refuse more than a megabyte at once for one partition, however often it is sent. */
const PORTION_BYTES = 500_000;

type StringProducer = Producer<string, string, string, string>;

/** Hands events to Kafka. Those of one subject keep their order: they share a partition. */
export class KafkaPublisher implements Publisher {
  #producer: StringProducer | undefined;
  readonly #topics = new Set<string>();
  #closed = false;

  constructor(
    private readonly clientId: string,
    private readonly brokers: readonly string[],
  ) {}

  async publish(topic: string, events: readonly CloudEvent[]): Promise<void> {
    try {
      await within(PUBLISH_LIMIT_MS, this.#send(topic, events));
    } catch (error) {
      this.#topics.delete(topic);
      // What the producer still holds must not be sent later. A new producer starts without it.
      await this.#drop();
      throw new Error(`Kafka did not take ${events.length} events for ${topic}: ${reasonOf(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#drop();
  }

  async #drop(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer) await farewell(producer.close());
  }

  async #send(topic: string, events: readonly CloudEvent[]): Promise<void> {
    if (!this.#topics.has(topic)) await ensureTopics(this.clientId, this.brokers, [topic]);
    this.#topics.add(topic);
    if (this.#closed) throw new Error('the publisher is closed');
    this.#producer ??= openProducer(this.clientId, this.brokers);
    for (const portion of portions(events.map(messageOf))) {
      await this.#producer.send({ messages: portion.map((message) => ({ topic, ...message })) });
    }
  }
}

/** Every replica in sync acknowledges; a request that is sent again counts once. */
function openProducer(clientId: string, brokers: readonly string[]): StringProducer {
  return new Producer({
    ...clientOptions(clientId, brokers),
    idempotent: true,
    serializers: stringSerializers,
    // As clients in other languages choose partitions: they find the same one for a key.
    partitioner: compatibilityPartitioner,
  });
}

function* portions(messages: readonly KafkaMessage[]): Generator<KafkaMessage[]> {
  let portion: KafkaMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.value);
    if (portion.length > 0 && bytes + size > PORTION_BYTES) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(message);
    bytes += size;
  }
  if (portion.length > 0) yield portion;
}
