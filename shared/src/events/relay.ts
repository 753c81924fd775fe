import { setTimeout as pause } from 'node:timers/promises';
import { type Announcer, type CloudEvent, TOPICS } from '../contracts/cloud-events.ts';
import type { ServiceParts } from '../http/app.ts';
import { type Reader, Readers } from '../store/readers.ts';
import { BookmarkedReader } from './bookmarked-reader.ts';
import { toldOf } from './cloud-event.ts';
import { passOver } from './misfits.ts';
import { RELAY } from './outbox-lag.ts';
import type { Publisher } from './publisher.ts';
import { recordEach } from './recorded-events.ts';
import { renderFeedEvent } from './render.ts';

const BATCH = 500;
/** What happens within this time goes out together, so that a busy service is not kept busier by its relay. */
const GATHER_MS = 25;
/** How long a service that stops may take to publish what is left. */
const STOP_MS = 2_000;

type Parts = Pick<ServiceParts<unknown>, 'store' | 'world' | 'log' | 'metrics' | 'tracer'>;

/** Publishes the events of a service: every one that has a contract, at least once, and in order. The store is the outbox. */
export class Relay {
  readonly #reader: BookmarkedReader;
  readonly #feed: Reader;
  #caughtUp = false;

  constructor(
    private readonly service: Announcer,
    private readonly publisher: Publisher,
    private readonly parts: Parts,
  ) {
    this.#feed = new Readers(parts.store).follow();
    this.#reader = new BookmarkedReader(RELAY, (place, signal) => this.#step(place, signal), parts);
  }

  start(): void {
    this.#reader.start();
  }

  async stop(): Promise<void> {
    this.#feed.close();
    const enough = new AbortController();
    await Promise.race([this.#reader.stop(), pause(STOP_MS, undefined, { signal: enough.signal }).catch(() => {})]);
    enough.abort();
    await this.publisher.close();
  }

  async #step(place: string, signal: AbortSignal): Promise<string> {
    const { metrics } = this.parts;
    if (this.#caughtUp) {
      await this.#feed.wait(signal);
      if (!signal.aborted) await pause(GATHER_MS);
    }
    this.#caughtUp = false;
    const events = await this.#feed.look(place || '0', BATCH);
    const told = toldOf(this.service, events.map(renderFeedEvent));
    const publish = (all: readonly CloudEvent[]) => this.publisher.publish(TOPICS[this.service].topic, all);
    if (told.events.length > 0) await recordEach(told.events, 'publish', publish, this.parts);
    for (const { type } of told.events) metrics.eventsPublished.inc({ type });
    passOver(told.misfits, this.parts);
    this.#caughtUp = events.length < BATCH;
    return events.at(-1)?.position ?? place;
  }
}
