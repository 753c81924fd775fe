import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { oneAtATime } from '@oms/shared/one-at-a-time';
import { Cut } from '@oms/shared/resilience/cut';
import type { Reader, Readers } from '@oms/shared/store/readers';
import type { Store, StoredEvent } from '@oms/shared/store/store';
import { addressedTo, messageOf } from '@oms/shared/telemetry/attributes';
import type { Logger } from '@oms/shared/telemetry/logger';
import { recordJob, type Tracer } from '@oms/shared/telemetry/span';
import { causeIn, traceFrom } from '@oms/shared/telemetry/trace';
import { within } from '@oms/shared/within';
import type { World } from '@oms/shared/world';
import type { Delivery } from '../domain/delivery-log.ts';
import { hasFailedTooLong } from '../domain/waiting.ts';
import type { Webhook } from '../domain/webhook.ts';
import { Journal } from './journal.ts';
import type { Post } from './post.ts';
import { Queue } from './queue.ts';
import type { Begun, Records } from './records.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';

export interface CourierParts {
  store: Store<unknown>;
  world: World;
  log: Logger;
  tracer?: Tracer | undefined;
  metrics: WebhookMetrics;
  records: Records;
  readers: Readers;
  post: Post;
  /** How often it looks for deliveries that are due again, and writes how far it is. */
  beatMs: number;
  onPaused: (webhook: Webhook, reason: string) => void;
  onFailure: (error: unknown) => void;
}

/** The most deliveries to one webhook at once: a slow receiver has no more connections and no more memory than these. */
const AT_ONCE = 20;
/** Those that have failed leave room for those that have not. */
const MOST_AGAIN = AT_ONCE / 2;
const GONE = 410;

/** Delivers to one webhook: the events of an order one after the other, those of different orders at once. */
export class Courier {
  readonly #underWay = new Map<string, Promise<void>>();
  /** Those under way that have failed before. */
  readonly #again = new Set<string>();
  readonly #cut = new Cut();
  readonly #beat: NodeJS.Timeout;
  readonly #feed: Reader;
  readonly #queue: Queue;
  readonly #journal: Journal;
  /** It is being paused, or it stops: nothing new is begun. */
  #halted = false;

  /** Undefined: the webhook has been removed. */
  static async begin(webhook: Webhook, parts: CourierParts): Promise<Courier | undefined> {
    const begun = await parts.records.begin(webhook.id);
    if (!begun) return undefined;
    const courier = new Courier(webhook, begun, parts);
    await courier.update(webhook);
    return courier;
  }

  private constructor(
    private webhook: Webhook,
    begun: Begun,
    private readonly parts: CourierParts,
  ) {
    this.#feed = parts.readers.follow();
    this.#queue = new Queue(begun.progress, this.#feed, parts.store);
    this.#journal = new Journal(begun, this.#queue, parts.records);
    this.#beat = setInterval(() => {
      this.#go();
      this.#journal.write().catch(parts.onFailure);
    }, parts.beatMs);
  }

  hasNews(): void {
    this.#queue.hasNews();
    this.#go();
  }

  /** The webhook may have been changed, and operators may have wishes. */
  async update(webhook: Webhook): Promise<void> {
    const { records, world } = this.parts;
    this.webhook = webhook;
    if (this.#journal.isNew(webhook.since)) {
      this.#queue.beginAnew(world.now());
      this.#halted = false;
    }
    for (const wish of this.#journal.open(webhook.wishes)) {
      if ('from' in wish) this.#queue.replay(await records.placeBefore(wish.from));
      else {
        if (!this.#queue.hasRoom) break;
        const event = await records.eventAt(wish.delivery);
        if (event) this.#queue.again(wish.delivery, event, world.now());
      }
      this.#journal.took(wish);
    }
    this.#go();
  }

  /** Deliveries under way may still take so long. What is not known to have been delivered is delivered again. */
  async stop(graceMs: number): Promise<void> {
    this.#halted = true;
    clearInterval(this.#beat);
    await within(graceMs, Promise.all(this.#underWay.values())).catch(() => {});
    this.#cut.abort(new Error('the webhook is not delivered to any more'));
    await Promise.all(this.#underWay.values());
    await this.#turn();
    this.#journal.changed();
    await this.#journal.write();
    this.#feed.close();
  }

  #go(): void {
    this.#turn().catch(this.parts.onFailure);
  }

  /** Begins whatever is due, and reads on while there is room. */
  readonly #turn = oneAtATime(async () => {
    this.#beginDue();
    while (!this.#halted && this.#queue.wantsMore) {
      if (await this.#queue.readOn(this.webhook)) this.#journal.changed();
      this.#beginDue();
    }
  });

  #beginDue(): void {
    if (this.#halted || this.#underWay.size >= AT_ONCE) return;
    for (const { key, failed } of this.#queue.due(this.parts.world.now())) {
      if (this.#underWay.size >= AT_ONCE) return;
      if (this.#underWay.has(key) || (failed && this.#again.size >= MOST_AGAIN)) continue;
      if (failed) this.#again.add(key);
      const work = this.#deliver(key)
        .catch(this.parts.onFailure)
        .then(() => {
          this.#underWay.delete(key);
          this.#again.delete(key);
          this.#go();
        });
      this.#underWay.set(key, work);
    }
  }

  async #deliver(key: string): Promise<void> {
    const { webhook } = this;
    const first = await this.#queue.first(key, webhook);
    if (!first || this.#cut.aborted) return;
    const { event, attempt } = first;
    const { world, tracer, post } = this.parts;
    const cloudEvent = event.data as CloudEvent;
    const cause = traceFrom(causeIn(cloudEvent.traceparent, world.random), world.random);
    const { id: eventId, type, subject: orderId } = cloudEvent;
    await recordJob(tracer, cause, `deliver ${type}`, 'producer', async (span) => {
      span?.set({ ...messageOf(cloudEvent, 'deliver', 'send', 'webhook', webhook.id), 'order.id': orderId, attempt });
      span?.set(addressedTo(new URL(webhook.url).origin, undefined));
      const begun = world.now();
      const { status: answer, reason } = await post(webhook, cloudEvent, this.#cut);
      if (reason !== undefined) span?.fail(String(answer ?? 'failed'));
      // Nobody knows whether it has arrived.
      if (reason !== undefined && this.#cut.aborted) return;
      const at = world.now();
      const about = { id: event.position, eventId, type, orderId, at, durationMs: at - begun, answer };
      const delivery = { ...about, attempts: attempt };
      this.parts.metrics.delivered(reason === undefined);
      if (reason === undefined) this.#succeeded(key, event, delivery);
      else this.#failed(webhook, key, event, delivery, reason);
    });
  }

  #succeeded(key: string, { version, traceId }: StoredEvent, delivery: Delivery): void {
    this.#queue.delivered(key, version);
    this.#journal.delivered(delivery);
    this.parts.log.debug('delivered to a webhook', { ...this.#about(delivery), traceId });
  }

  #failed(webhook: Webhook, key: string, event: StoredEvent, delivery: Delivery, reason: string): void {
    const { world, log } = this.parts;
    const failed = this.#queue.failed(key, event.version, delivery, reason, world.random());
    this.#journal.changed();
    log.warn('a delivery to a webhook failed', { ...this.#about(delivery), traceId: event.traceId, reason });
    if (delivery.answer === GONE) this.#pause(webhook, 'it answered 410 Gone');
    else if (failed && hasFailedTooLong(failed))
      this.#pause(webhook, `${delivery.eventId} could not be delivered for a day: ${reason}`);
  }

  #about({ eventId, type, orderId, attempts, durationMs }: Delivery) {
    return { webhookId: this.webhook.id, event: eventId, type, orderId, attempts, durationMs };
  }

  #pause(webhook: Webhook, reason: string): void {
    if (this.#halted) return;
    this.#halted = true;
    this.parts.onPaused(webhook, reason);
  }
}
