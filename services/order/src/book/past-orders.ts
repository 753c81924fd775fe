import { Refusal, Unavailable } from '@oms/shared/errors';
import { PerCaller } from '@oms/shared/http/per-caller';
import { ASIDE, type Store, type StoredEvent } from '@oms/shared/store/store';
import type { OrderEvent } from '../domain/events.ts';
import { apply, type Order } from '../domain/order.ts';
import type { OrderDoc } from './order-book.ts';

/** After so many events a snapshot of the order is kept: then never more events than these are read. */
export const SNAPSHOT_EVERY = 100;
/** Raised whenever `apply` changes what it makes of the same events: older snapshots do not count then. */
const FORMAT = 1;
const AT_ONCE = 4;
const MOST_WAITING = 60;
const MOST_PER_CALLER = 10;

/** Orders as they were. Writing an order costs nothing for this: the first request that looks back makes the snapshots. */
export class PastOrders {
  readonly #perCaller = new PerCaller(MOST_PER_CALLER);
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(private readonly store: Pick<Store<OrderDoc>, 'read' | 'events' | 'write' | 'hasRoom'>) {}

  /** The order after the last event that counts; undefined: none does. `version` is the order's version now. */
  async rebuilt(
    caller: string,
    { id, version }: Pick<Order, 'id' | 'version'>,
    counts: (event: Pick<StoredEvent, 'version' | 'at'>) => boolean,
  ): Promise<Order | undefined> {
    const giveBack = this.#perCaller.take(caller);
    if (!giveBack) {
      const detail = 'Too many of your requests for past states of orders are under way.';
      throw new Refusal(429, 'TOO_MANY_REBUILDS', detail, { most: MOST_PER_CALLER }, { 'Retry-After': '1' });
    }
    try {
      return await this.#inTurn(() => this.#rebuild(id, version, counts));
    } finally {
      giveBack();
    }
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= MOST_WAITING) {
      throw new Unavailable('SERVICE_UNAVAILABLE', 'Too many orders are being rebuilt from their events.');
    }
    if (this.#underWay >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay++;
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#underWay--;
    }
  }

  async #rebuild(id: string, version: number, counts: Parameters<PastOrders['rebuilt']>[2]) {
    let order = await this.#snapshotBefore(id, version, counts);
    for (;;) {
      const after = String(order?.version ?? 0);
      const events = await this.store.events({ stream: id, after, limit: SNAPSHOT_EVERY });
      for (const event of events) {
        if (!counts(event)) return order;
        order = apply(order, event as unknown as OrderEvent);
      }
      if (events.length < SNAPSHOT_EVERY) return order;
      await this.#keep(order as Order);
    }
  }

  /** Snapshots are made in order: after one that is missing there is none. */
  async #snapshotBefore(id: string, version: number, counts: Parameters<PastOrders['rebuilt']>[2]) {
    let best: Order | undefined;
    let [low, high] = [0, Math.floor(version / SNAPSHOT_EVERY)];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const order = (await this.store.read(snapshotOf(id, middle)))?.data.order;
      const isBefore = order && counts({ version: order.version, at: order.updatedAt });
      if (isBefore) [best, low] = [order, middle];
      else high = middle - 1;
    }
    return best;
  }

  /** If it cannot be kept now, the next request that looks back makes it. */
  async #keep(order: Order): Promise<void> {
    if (!this.store.hasRoom()) return;
    const snapshot = snapshotOf(order.id, order.version / SNAPSHOT_EVERY);
    const put = [{ id: snapshot, data: { order } }];
    await this.store.write([snapshot], undefined, () => ({ put })).catch(() => {});
  }
}

const snapshotOf = (id: string, number: number): string => `${ASIDE}snapshot/${FORMAT}/${id}/${number}`;
