import { Cut } from '@oms/shared/resilience/cut';
import type { Answer } from '@oms/shared/store/store';
import { type Trace, whileRecorded } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import type { Decision, Lease, OrderBook, OrderDoc } from '../book/order-book.ts';
import type { Decided, OrderEvent } from '../domain/events.ts';
import { apply, type Order } from '../domain/order.ts';

export interface JournalParts {
  book: OrderBook;
  world: World;
  settings: { leaseMs: number };
}

/** Thrown inside a run whose lease another runner has taken. */
export class LeaseLost extends Error {}

/** What a run knows of its order, and what it writes while it holds the lease. */
export class Journal {
  readonly #token: string;
  #order: Order;
  #stored: Order;
  #leaseUntil: number;
  /** Events that are not written yet. */
  #noted: OrderEvent[] = [];
  #writing: Promise<unknown> = Promise.resolve();
  /** Ends the run, and its call under way. After a write that failed the run does not know where it stands. */
  readonly cut = new Cut();

  constructor(
    private readonly parts: JournalParts,
    order: Order,
    { token, until }: Lease,
    public trace: Trace | undefined,
  ) {
    this.#order = this.#stored = order;
    this.#token = token;
    this.#leaseUntil = until;
  }

  /** With all events, written or not. */
  get order(): Order {
    return this.#order;
  }

  get leaseUntil(): number {
    return this.#leaseUntil;
  }

  note({ type, data }: Decided): void {
    const event = { type, data, at: this.parts.world.now(), traceId: this.#order.traceId } as OrderEvent;
    this.#noted.push(event);
    this.#order = apply(this.#order, event);
  }

  /** Writes the events so far. Writes follow one another; those that wait behind one that fails, fail with it. */
  write(events: readonly Decided[], decide?: (known: OrderDoc) => Decision): Promise<Answer | undefined> {
    for (const event of events) this.note(event);
    const written = this.#writing.then(() => this.#writeNow(decide));
    this.#writing = written;
    written.catch((error) => this.cut.abort(error));
    return written;
  }

  /** Adds to what others may have written meanwhile, and renews the lease; unless that is lost. */
  async #writeNow(decide?: (known: OrderDoc) => Decision): Promise<Answer | undefined> {
    const [noted, after] = [this.#noted, this.#order];
    this.#noted = [];
    const { book, settings } = this.parts;
    const traceId = this.trace?.traceId ?? this.#order.traceId;
    const change = (known: OrderDoc | undefined, now: number) => {
      if (known?.lease?.token !== this.#token) throw new LeaseLost();
      const lease = { token: this.#token, until: now + settings.leaseMs };
      // Where nobody has written meanwhile, what the events make of the order is known here.
      const order = known.order === this.#stored ? after : undefined;
      return { events: noted, order, lease, ...decide?.(known) };
    };
    const write = () => book.decide({ traceId, trace: this.trace }, this.#order.id, change);
    const { answer, doc } = await whileRecorded(this.trace, write);
    const { order, lease } = doc as OrderDoc;
    if (lease) this.#leaseUntil = lease.until;
    this.#stored = order;
    this.#order = this.#noted.reduce(apply, order);
    return answer;
  }
}
