import { setTimeout as pause } from 'node:timers/promises';
import { type Announcer, type CloudEvent, TOPICS, type TopicByType } from '../contracts/cloud-events.ts';
import type { ServiceParts } from '../service/parts.ts';
import { type Reader, Readers } from '../store/readers.ts';
import { gaugeFromStore } from '../telemetry/from-store.ts';
import { within } from '../within.ts';
import { BookmarkedReader } from './bookmarked-reader.ts';
import { eventsByType } from './by-type.ts';
import { handOverFeed } from './hand-over.ts';
import { renderFeedEvent } from './render.ts';

/** The name of the relay's bookmark. */
const RELAY = 'relay';
const BATCH = 500;
/** What happens within this time goes out together, so that a relay does not slow a busy service down. */
const GATHER_MS = 25;
/** How long a service that stops may take to publish what is left. */
const STOP_MS = 2_000;

type Parts = Pick<ServiceParts<unknown>, 'store' | 'world' | 'log' | 'metrics' | 'tracer'>;

/** Where events go so that everybody can read them. */
export interface Publisher {
  /**
   * Resolves when all are acknowledged, and the topic is there; keeps their order per subject. After a rejection any of them
   * may have arrived.
   */
  publish(topic: string, events: readonly CloudEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** Publishes the events of a service: every one that has a contract, at least once, and in order. The store is the outbox. */
export class Relay {
  readonly #reader: BookmarkedReader;
  readonly #feed: Reader;
  #caughtUp = false;
  #hasTopics = false;

  constructor(
    private readonly service: Announcer,
    private readonly publisher: Publisher,
    private readonly parts: Parts,
    private readonly topicsByType: readonly TopicByType[] = [],
  ) {
    this.#feed = new Readers(parts.store).follow();
    this.#reader = new BookmarkedReader(RELAY, (place, signal) => this.#step(place, signal), parts);
  }

  start(): void {
    this.#reader.start();
  }

  async stop(): Promise<void> {
    this.#feed.close();
    await within(STOP_MS, this.#reader.stop()).catch(() => {});
    await this.publisher.close();
  }

  async #step(place: string, signal: AbortSignal): Promise<string> {
    // Who subscribes to a topic before its first event would make it otherwise, with as many partitions as brokers like.
    if (!this.#hasTopics) for (const topic of this.topicsByType) await this.publisher.publish(topic, []);
    this.#hasTopics = true;
    if (this.#caughtUp) {
      await this.#feed.wait(signal);
      if (!signal.aborted) await pause(GATHER_MS);
    }
    this.#caughtUp = false;
    const events = await this.#feed.look(place || '0', BATCH);
    await handOverFeed(this.service, events.map(renderFeedEvent), 'toKafka', this.#publish, this.parts);
    this.#caughtUp = events.length < BATCH;
    return events.at(-1)?.position ?? place;
  }

  readonly #publish = async (events: readonly CloudEvent[]): Promise<void> => {
    await this.publisher.publish(TOPICS[this.service].topic, events);
    for (const topic of this.topicsByType) {
      const some = eventsByType(topic, events);
      if (some.length > 0) await this.publisher.publish(topic, some);
    }
    for (const { type } of events) this.parts.metrics.eventsPublished.inc({ type });
  };
}

/**
 * Looked up at every scrape, so that it is right on every replica, also while none publishes. Where there are no brokers,
 * nothing is late.
 */
export function showOutboxLag(
  { metrics, store, world }: Pick<Parts, 'metrics' | 'store' | 'world'>,
  published: boolean,
): void {
  const described = { name: 'outbox_lag_seconds', help: 'Age of the oldest event that has not been published yet' };
  gaugeFromStore(metrics, described, async () => {
    if (!published) return [{ value: 0 }];
    const place = await store.bookmarks.look(RELAY);
    const [oldest] = await store.events({ after: place || '0', limit: 1 });
    return [{ value: oldest ? Math.max(0, world.now() - oldest.at) / 1000 : 0 }];
  });
}
