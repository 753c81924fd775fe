import { oneAtATime } from '@oms/shared/one-at-a-time';
import { type Delivery, pagesWith } from '../domain/delivery-log.ts';
import type { Progress } from '../domain/waiting.ts';
import type { Wish } from '../domain/webhook.ts';
import type { Queue } from './queue.ts';
import type { Begun, Records } from './records.ts';

/** Further events that the webhook does not want are not worth a write. */
const MOST_SKIPPED = 1_000;

/** What is written about the deliveries of a webhook: how far they are, the log, and which wishes are fulfilled. */
export class Journal {
  #progress: Progress;
  /** What is on the page of the log that is written now. */
  #page: readonly Delivery[];
  #delivered: Delivery[] = [];
  #taken: ReadonlySet<string> = new Set();
  #isWritten = true;

  constructor(
    { progress, page }: Begun,
    private readonly queue: Queue,
    private readonly records: Records,
  ) {
    this.#progress = progress;
    this.#page = page;
  }

  /** Whether the webhook was changed or resumed since the last time. */
  isNew(since: number): boolean {
    if (this.#progress.since === since) return false;
    this.#progress = { ...this.#progress, since };
    this.changed();
    return true;
  }

  /** There is more to write than the place in the feed. */
  changed(): void {
    this.#isWritten = false;
  }

  delivered(delivery: Delivery): void {
    this.#delivered.push(delivery);
    this.changed();
  }

  /** The wishes that are not in the progress yet. */
  open(wishes: readonly Wish[]): Wish[] {
    this.#taken = new Set(wishes.map(({ id }) => id).filter((id) => this.#taken.has(id)));
    return wishes.filter(({ id }) => !this.#taken.has(id));
  }

  took({ id }: Wish): void {
    this.#taken = new Set([...this.#taken, id]);
    this.changed();
  }

  readonly write = oneAtATime(async () => {
    const { place, waiting } = this.queue;
    const { webhookId, logged, place: written } = this.#progress;
    if (this.#isWritten && Number(place) - Number(written) < MOST_SKIPPED) return;
    this.#isWritten = true;
    const fresh = this.#delivered;
    this.#delivered = [];
    const pages = pagesWith(webhookId, logged, this.#page, fresh);
    this.#page = pages.at(-1)?.deliveries ?? this.#page;
    this.#progress = { ...this.#progress, place, waiting, logged: logged + fresh.length };
    await this.records.save(this.#progress, pages, this.#taken);
  });
}
