import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Consumer, type Message, type MessagesStream, stringDeserializers } from '@platformatic/kafka';
import { type Announcer, type CloudEvent, TOPICS } from '../contracts/cloud-events.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracer } from '../telemetry/span.ts';
import { within } from '../within.ts';
import type { World } from '../world.ts';
import { type EventSource, type Handle, handOver } from './hand-over.ts';
import { clientOptions, ensureTopics, farewell, reasonOf } from './kafka-client.ts';
import { eventOf } from './render.ts';

/** A member that sends no heartbeat for so long has left the group. */
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 1_000;
const REBALANCE_TIMEOUT_MS = 15_000;
/** Long enough for the group to rebalance meanwhile. */
const COMMIT_LIMIT_MS = 15_000;
const FETCH_WAIT_MS = 1_000;
const MOST_AT_ONCE = 100;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

type StringMessage = Message<string, string, string, string>;
type Stream = MessagesStream<string, string, string, string>;

export interface KafkaSourceParts {
  brokers: readonly string[];
  /** All members of a group share the events among them. */
  group: string;
  services: readonly Announcer[];
  log: Logger;
  metrics: Metrics;
  world: Pick<World, 'random'>;
  tracer?: Tracer | undefined;
}

/** Reads events from Kafka as a member of a group, in one membership after the other. */
export class KafkaSource implements EventSource {
  readonly #stopping = new AbortController();
  readonly #topics: string[];
  #reading: Promise<void> | undefined;
  #stream: Stream | undefined;
  /** Attempts that failed since events were last read. */
  #failures = 0;

  constructor(private readonly parts: KafkaSourceParts) {
    this.#topics = parts.services.map((service) => TOPICS[service].topic);
  }

  async start(handle: Handle): Promise<void> {
    this.#reading = this.#read(handle);
  }

  /** Waits for the events that are being handled, and leaves the group, so that others need not wait for this member. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stream?.destroy();
    await this.#reading;
  }

  async #read(handle: Handle): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#belong(handle);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#failures++;
        this.parts.log.warn('events cannot be read from Kafka and are tried again', { reason: reasonOf(error) });
        await this.#pause(this.#failures).catch(() => {});
      }
    }
  }

  /** One membership, until it breaks or this source stops. */
  async #belong(handle: Handle): Promise<void> {
    const { brokers, group, log } = this.parts;
    const consumer = openConsumer(brokers, group);
    try {
      const stream = await this.#unlessStopped(this.#join(consumer));
      this.#stream = stream;
      consumer.on('error', (error) => void stream.destroy(error));
      consumer.on('consumer:heartbeat:stalled', () => void stream.destroy(new Error('the group does not answer')));
      log.info('reading events from Kafka', { group });
      for await (const first of stream) {
        const messages = [first, ...waiting(stream)];
        await this.#deliver(messages, handle);
        await within(COMMIT_LIMIT_MS, consumer.commit({ offsets: offsetsAfter(messages) }));
        this.#failures = 0;
      }
    } finally {
      await farewell(consumer.close(true));
    }
  }

  async #join(consumer: StringConsumer): Promise<Stream> {
    const { brokers, group } = this.parts;
    await ensureTopics(group, brokers, this.#topics);
    return consumer.consume({ topics: [...this.#topics], mode: 'committed', fallbackMode: 'earliest' });
  }

  async #deliver(messages: readonly StringMessage[], handle: Handle): Promise<void> {
    const events = messages.flatMap((message) => this.#eventIn(message) ?? []);
    for (let failures = 1; events.length > 0; failures++) {
      try {
        return await handOver(events, 'fromKafka', handle, this.parts);
      } catch (error) {
        this.parts.log.warn('events were not handled and come again', { error, failures, events: events.length });
        await this.#pause(failures);
      }
    }
  }

  #eventIn({ topic, partition, offset, value, headers }: StringMessage): CloudEvent | undefined {
    try {
      return eventOf({ value, headers: Object.fromEntries(headers) });
    } catch (error) {
      this.parts.metrics.eventsPassedOver.inc({ type: 'unreadable' });
      const where = { topic, partition, offset: String(offset) };
      this.parts.log.error('a message is no event and is passed over', { ...where, reason: reasonOf(error) });
      return undefined;
    }
  }

  async #unlessStopped<T>(work: Promise<T>): Promise<T> {
    const settled = new AbortController();
    const stopped = once(this.#stopping.signal, 'abort', { signal: settled.signal });
    try {
      return await Promise.race([work, stopped.then(() => Promise.reject(new Error('stopped')))]);
    } finally {
      settled.abort();
    }
  }

  /** Rejects when this source stops. */
  async #pause(failures: number): Promise<void> {
    const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    await pause(ms, undefined, { signal: this.#stopping.signal });
  }
}

type StringConsumer = Consumer<string, string, string, string>;

function openConsumer(brokers: readonly string[], group: string): StringConsumer {
  return new Consumer({
    ...clientOptions(group, brokers),
    groupId: group,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    // The brokers answer a member that joins only once the others have joined again.
    requestTimeout: REBALANCE_TIMEOUT_MS + 5_000,
    maxWaitTime: FETCH_WAIT_MS,
    autocommit: false,
    deserializers: stringDeserializers,
  });
}

/** The messages that are fetched already. */
function* waiting(stream: Stream): Generator<StringMessage> {
  for (let read = 1; read < MOST_AT_ONCE; read++) {
    const message: StringMessage | null = stream.read();
    if (message === null) return;
    yield message;
  }
}

/** The next offset of each partition. */
function offsetsAfter(messages: readonly StringMessage[]) {
  const last = new Map(messages.map((message) => [`${message.topic}:${message.partition}`, message]));
  return [...last.values()].map(({ topic, partition, offset, leaderEpoch }) => ({
    topic,
    partition,
    offset: offset + 1n,
    leaderEpoch,
  }));
}
