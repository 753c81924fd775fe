import { connectRedis, type RedisConnection } from '@oms/shared/redis';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { World } from '@oms/shared/world';
import type { Order } from '../domain/order.ts';
import { FENCE, KEEP, LOOK } from './copy-scripts.ts';

/** From asking for a copy until the order is read and its copy has arrived; else it is not kept. */
const LONGEST_READ_MS = 1_000;
const KEPT_MS = 4_000;
/** No copy is older. So old may one be that a replica without Redis could not drop. */
export const OLDEST_MS = LONGEST_READ_MS + KEPT_MS;
/** Longer than a commit takes, and a read that began before it. */
const FENCED_MS = 60_000;

type Parts = Pick<ServiceParts<unknown>, 'log' | 'metrics' | 'world'>;

/**
 * Copies of orders in Redis, for readers. They are never older than the store: before a change is committed, a fence takes the
 * place of the copy. Only while this replica, or another, has lost Redis may one be old, by `OLDEST_MS` at most.
 */
export class OrderCopies {
  readonly #redis: RedisConnection;
  readonly #world: Pick<World, 'now'>;
  readonly #read: (outcome: 'hit' | 'miss' | 'passed_by' | 'unavailable') => void;
  readonly #failed: (call: 'look' | 'keep' | 'fence') => void;
  /** Copies may be older than what this replica has said of orders meanwhile. */
  #doubtedUntil = 0;

  constructor({ log, metrics, world }: Parts, url: string) {
    this.#world = world;
    const reads = metrics.counter(
      'order_copy_reads_total',
      'Orders that were read one by one: from their copy in Redis (hit), or from the store because there was none (miss), the client wanted none (passed_by), or Redis was not to be relied on (unavailable)',
      'outcome',
    );
    const failures = metrics.counter(
      'order_copy_failures_total',
      'Calls to Redis about copies of orders that failed; a fence that fails may leave an old copy for seconds',
      'call',
    );
    this.#read = (outcome) => reads.inc({ outcome });
    this.#failed = (call) => failures.inc({ call });
    this.#redis = connectRedis(url, log, {
      lost: 'orders are read from the store: Redis cannot be reached',
      back: 'orders are read from their copies again: Redis is back',
      onBack: () => this.#doubt(),
    });
  }

  get tried(): Promise<void> {
    return this.#redis.tried;
  }

  /** The order from its copy, or else from the store. A client who wants no copy leaves a fresh one to others. */
  async look(id: string, wantsCopy: boolean, read: () => Promise<Order | undefined>): Promise<Order | undefined> {
    const found = this.#isDoubtful() ? undefined : await this.#find(id, wantsCopy);
    if (found === undefined) {
      this.#read('unavailable');
      return read();
    }
    if (typeof found !== 'number') {
      this.#read('hit');
      return found;
    }
    this.#read(wantsCopy ? 'miss' : 'passed_by');
    const order = await read();
    if (order) void this.#keep(order, found);
    return order;
  }

  /** Lets in no copy that is older than this version. */
  async fence(versions: ReadonlyMap<string, number>): Promise<void> {
    if (versions.size === 0) return;
    try {
      const wanted = [...versions.values()].map(String);
      await this.#redis.run(FENCE, [...versions.keys()].map(keyOf), String(FENCED_MS), ...wanted);
    } catch {
      this.#failed('fence');
      this.#doubt();
    }
  }

  close(): void {
    this.#redis.close();
  }

  /** The copy; or, if there is none that can be read, the time of Redis; undefined: Redis cannot say. */
  async #find(id: string, wantsCopy: boolean): Promise<Order | number | undefined> {
    try {
      const found = await this.#redis.run(LOOK, [keyOf(id)], wantsCopy ? 'copy' : 'time');
      if (typeof found === 'number') return found;
      return orderIn(found as string, id) ?? (await this.#find(id, false));
    } catch {
      this.#failed('look');
      return undefined;
    }
  }

  async #keep(order: Order, askedAt: number): Promise<void> {
    const { id, version } = order;
    const limits = [askedAt, LONGEST_READ_MS, KEPT_MS].map(String);
    const copy = `${version}${JSON.stringify(order)}`;
    await this.#redis.run(KEEP, [keyOf(id)], String(version), copy, ...limits).catch(() => this.#failed('keep'));
  }

  /** After a loss of Redis, until all copies of before are gone. */
  #doubt(): void {
    this.#doubtedUntil = this.#world.now() + OLDEST_MS;
  }

  #isDoubtful(): boolean {
    return this.#world.now() < this.#doubtedUntil;
  }
}

function orderIn(copy: string, id: string): Order | undefined {
  try {
    const order = JSON.parse(copy.slice(copy.indexOf('{'))) as Order;
    return order.id === id ? order : undefined;
  } catch {
    return undefined;
  }
}

const keyOf = (id: string): string => `order:copy:${id}`;
