import type { Reader } from '@oms/shared/store/readers';
import type { Store, StoredEvent } from '@oms/shared/store/store';
import type { Delivery } from '../domain/delivery-log.ts';
import {
  again,
  type Failed,
  isDue,
  type Progress,
  released,
  type Waiting,
  withFailure,
  withNext,
  withoutFirst,
} from '../domain/waiting.ts';
import { isWanted, type Webhook } from '../domain/webhook.ts';
import { heard, orderOf } from './documents.ts';

const PAGE = 200;
/** When so many orders fail, it is the receiver that fails: the rest stays where it is until one of them succeeds. */
const MOST_WAITING = 100;
/** Enough that nobody who delivers waits for the store. */
const MOST_READY = 40;
/** The most events of one order in memory. */
const MOST_AHEAD = 10;

/** What is still to be delivered to a webhook, order by order. Most of it stays in the store until its turn comes. */
export class Queue {
  #place: string;
  #isBehind = true;
  /** In the order in which their turn comes. */
  readonly #waiting: Map<string, Waiting>;
  /** The next events of an order, where they have been read already. */
  readonly #ahead = new Map<string, StoredEvent[]>();

  constructor(
    progress: Progress,
    private readonly feed: Pick<Reader, 'look'>,
    private readonly store: Pick<Store<unknown>, 'events'>,
  ) {
    this.#place = progress.place;
    this.#waiting = new Map(progress.waiting.map((waiting) => [waiting.key, waiting]));
  }

  /** Every event up to here was delivered, or waits. */
  get place(): string {
    return this.#place;
  }

  get waiting(): Waiting[] {
    return [...this.#waiting.values()];
  }

  get hasRoom(): boolean {
    return this.#waiting.size < MOST_WAITING;
  }

  hasNews(): void {
    this.#isBehind = true;
  }

  /** Whether there is more to read now. */
  get wantsMore(): boolean {
    if (!this.#isBehind || !this.hasRoom) return false;
    let ready = 0;
    for (const { failed } of this.#waiting.values()) if (!failed) ready++;
    return ready < MOST_READY;
  }

  /** Reads the next events of the feed, as far as there is room for their orders. Returns whether any is to be delivered. */
  async readOn(webhook: Webhook): Promise<boolean> {
    const from = this.#place;
    this.#isBehind = false;
    const events = await this.feed.look(from, PAGE);
    // A replay has begun meanwhile.
    if (this.#place !== from) this.#isBehind = true;
    if (this.#place !== from) return false;
    if (events.length === PAGE) this.#isBehind = true;
    let hasFound = false;
    for (const event of events) {
      const orderId = orderOf(event);
      if (orderId !== undefined && isWanted(webhook, event.type)) {
        if (!this.hasRoom && !this.#waiting.has(orderId)) {
          this.#isBehind = true;
          return hasFound;
        }
        this.#add(orderId, event);
        hasFound = true;
      }
      this.#place = event.position;
    }
    return hasFound;
  }

  #add(orderId: string, event: StoredEvent): void {
    const { version } = event;
    const known = this.#waiting.get(orderId);
    this.#waiting.set(orderId, withNext(known, orderId, version));
    if (known && version <= known.last) {
      if (version < known.next) this.#ahead.delete(orderId);
      return;
    }
    const ahead = known ? this.#ahead.get(orderId) : [];
    // What is in memory has no gap.
    if (!ahead || ahead.length === MOST_AHEAD || ahead.at(-1)?.version !== known?.last) return;
    this.#ahead.set(orderId, [...ahead, event]);
  }

  /** Everything since a place once more. What is waiting already keeps its turn. */
  replay(place: string): void {
    if (Number(place) < Number(this.#place)) this.#place = place;
    this.hasNews();
  }

  /** An event once more. One that is failing is due. */
  again(delivery: string, event: StoredEvent, now: number): void {
    const failing = this.waiting.find(({ failed }) => failed?.id === delivery);
    const waiting = failing ? released(failing, now) : again(delivery, orderOf(event) ?? '', event.version);
    this.#waiting.set(waiting.key, waiting);
  }

  /** The webhook was changed: whatever failed is due and has another day, and other events may be wanted. */
  beginAnew(now: number): void {
    for (const [key, waiting] of this.#waiting) this.#waiting.set(key, released(waiting, now));
    this.#ahead.clear();
  }

  due(now: number): Waiting[] {
    return this.waiting.filter((waiting) => isDue(waiting, now));
  }

  /** The event whose turn it is, and which attempt this is; undefined: none is left that the webhook wants. */
  async first(key: string, webhook: Webhook): Promise<{ event: StoredEvent; attempt: number } | undefined> {
    for (;;) {
      const waiting = this.#waiting.get(key);
      if (!waiting) return undefined;
      const [event] = this.#ahead.get(key) ?? [];
      if (event) {
        this.#waiting.set(key, { ...waiting, next: event.version });
        return { event, attempt: waiting.failed?.id === event.position ? waiting.failed.attempts + 1 : 1 };
      }
      if (waiting.next > waiting.last) return void this.#waiting.delete(key);
      await this.#fetch(waiting, webhook);
    }
  }

  async #fetch({ key, orderId, next }: Waiting, webhook: Webhook): Promise<void> {
    const query = { stream: heard.id(orderId), after: String(next - 1), limit: MOST_AHEAD };
    const events = await this.store.events(query);
    const waiting = this.#waiting.get(key);
    if (waiting?.next !== next) return;
    const { last } = waiting;
    const isOne = key !== orderId;
    const wanted = events.filter(({ version, type }) => version <= last && (isOne || isWanted(webhook, type)));
    if (wanted.length > 0) this.#ahead.set(key, wanted);
    else this.#waiting.set(key, { ...waiting, next: (events.at(-1)?.version ?? last) + 1 });
  }

  delivered(key: string, version: number): void {
    const waiting = this.#waiting.get(key);
    const rest = waiting && withoutFirst(waiting, version);
    if (rest === waiting) return;
    if (rest) this.#waiting.set(key, rest);
    else this.#waiting.delete(key);
    this.#ahead.get(key)?.shift();
    if (!rest) this.#ahead.delete(key);
  }

  /** Undefined: a replay has begun meanwhile. */
  failed(key: string, version: number, attempt: Delivery, reason: string, chance: number): Failed | undefined {
    const waiting = this.#waiting.get(key);
    if (waiting?.next !== version) return undefined;
    const failing = withFailure(waiting, attempt, reason, chance);
    this.#waiting.set(key, failing);
    // Its turn may come in hours.
    this.#ahead.delete(key);
    return failing.failed;
  }
}
