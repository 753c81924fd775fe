import { expect, jest } from '@jest/globals';
import type { Order as ApiOrder, Cart, OrderStatus } from '@oms/shared/contracts/order';
import { Lifecycle } from '@oms/shared/service/lifecycle';
import type { Answer } from '@oms/shared/store/store';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import type { Tracer } from '@oms/shared/telemetry/span';
import { firstIdAt, type World } from '@oms/shared/world';
import { createOrderMetrics, type OrderMetrics } from '../src/book/metrics.ts';
import { OrderBook, type OrderDoc } from '../src/book/order-book.ts';
import * as commands from '../src/domain/commands.ts';
import type { Failure, OrderEvent, SagaName } from '../src/domain/events.ts';
import { type Order, rebuild } from '../src/domain/order.ts';
import { deliver } from '../src/domain/parcel.ts';
import { Dispatcher } from '../src/runner/dispatcher.ts';
import { SagaRequests, type Start } from '../src/runner/requests.ts';
import { sagas as real } from '../src/sagas/all.ts';
import type { Saga } from '../src/sagas/saga.ts';
import { answers } from './bare-answers.ts';
import { refused, ScriptedParticipants } from './scripted-participants.ts';
import { WatchedStore } from './watched-store.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const LEASE_MS = 10 * SECOND;
export const POLL_MS = SECOND / 2;
export const ALERT_MS = 5 * MINUTE;
export const DEADLINE_MS = 15 * MINUTE;
export const HOLD_MS = 30 * MINUTE;
export const TRACE = 'a'.repeat(32);

export const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
export const CART: Cart = {
  customer: { id: 'C1' },
  items: [{ productId: 'PROD1', quantity: 2, price: 10 }],
  shippingAddress: ADDRESS,
  paymentMethod: 'tok_visa',
  currency: 'USD',
  autoConfirm: true,
};

export type Command = (order: Order | undefined, now: number) => Start;
export const placing =
  (id: string, change: Partial<Cart> = {}, failure?: Failure): Command =>
  (_none, now) => ({
    events: commands.place(id, { ...CART, ...change }, now, { deadlineMs: DEADLINE_MS, holdMs: HOLD_MS }, failure),
  });
type Sagas = Record<SagaName, Saga>;
/** What makes an order begin each saga. */
const COMMANDS: Record<SagaName, (id: string) => Command> = {
  'place-order': placing,
  'fulfil-order': () => (order) => ({ events: commands.startFulfilling(order as Order, {}) }),
  'cancel-order': () => (order) => ({ events: commands.startCancelling(order as Order, 'changed my mind') }),
  'return-order': () => (order) => ({ events: commands.startReturning(order as Order, 'does not fit') }),
  'refund-order': () => (order) => ({ events: commands.startRefunding(order as Order, 1, 'arrived late') }),
};

const HELD = { inventory: 'held', payment: 'held' };
const SENT = { inventory: 'gone', payment: 'gone', shipping: 'held' };
/** What the other services may hold of an order once it is said to be this. */
const HELD_BY: Partial<Record<OrderStatus, object>> = {
  AWAITING_CONFIRMATION: HELD,
  CONFIRMED: HELD,
  PROCESSING: HELD,
  SHIPPED: SENT,
  DELIVERED: SENT,
  RETURNED: { shipping: 'held' },
  CANCELLED: {},
  REJECTED: {},
};

/** One store, some processes on it, the scripted services around them, and a clock that the test moves. */
export class OrderWorld {
  readonly world: World = { now: () => Date.now(), random: () => 0.5, newId: (now) => this.#newId(now) };
  readonly store = new WatchedStore(this.world);
  readonly metrics = createMetrics('order');
  readonly #orderMetrics: OrderMetrics;
  readonly book: OrderBook;
  readonly participants = new ScriptedParticipants();
  /** What the processes logged as errors, … */
  readonly errors: unknown[] = [];
  /** … and about what. */
  readonly troubles: { error: unknown; [about: string]: unknown }[] = [];
  /** Undos that were called before it was written that they would be. */
  readonly undecided: string[] = [];
  readonly #dispatchers: Dispatcher[] = [];
  #ids = 0;

  constructor() {
    jest.useFakeTimers({ now: Date.UTC(2026, 0, 1), doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    this.#orderMetrics = createOrderMetrics(this.metrics, this.store, this.world);
    this.book = new OrderBook(this.store, this.world, this.#orderMetrics);
    this.participants.watch = async ({ orderId, name }) => {
      const decided = (await this.events(orderId)).flatMap((event) =>
        event.type === 'saga.undoing' ? event.data.steps.map((step) => `undo-${step}`) : [],
      );
      if (name.startsWith('undo-') && !decided.includes(name)) this.undecided.push(name);
    };
  }

  /** Another process on the same store. A frozen one looks after nothing, not even its own leases. */
  process({ frozen = false, tracer, sagas = real, pollMs = POLL_MS }: Process = {}) {
    const log = createLogger('order', 'silent');
    log.error = ((_message: string, about: { error: unknown }) => {
      this.errors.push(about.error);
      this.troubles.push(about);
    }) as never;
    const settings = { leaseMs: LEASE_MS, pollMs, undoAlertAfterMs: ALERT_MS };
    const { book, world, participants } = this;
    const dispatcher = new Dispatcher({
      ...{ book, sagas, participants: participants.all, world, log, tracer, settings, answerOf: answers.settled },
      metrics: this.#orderMetrics,
    });
    this.#dispatchers.push(dispatcher);
    if (!frozen) dispatcher.start();
    const lifecycle = new Lifecycle();
    const { stopping } = lifecycle;
    const requests = new SagaRequests({ book, dispatcher, answers, world, stopping, drainWaitMs: SECOND });
    const ask = (
      saga: SagaName,
      id: string,
      { key, traceId, waitMs = 10 * SECOND, command = COMMANDS[saga](id) }: Options = {},
    ) =>
      requests.start(requestWith(key, traceId), id, saga, waitMs, command) as Promise<Answer & { replayed?: boolean }>;
    return { dispatcher, lifecycle, ask };
  }

  async end(): Promise<void> {
    await this.soon(Promise.all(this.#dispatchers.map((dispatcher) => dispatcher.stop(0))));
    jest.useRealTimers();
  }

  /** Lets time pass, and everything happen that happens meanwhile. */
  async pass(ms: number): Promise<void> {
    await jest.advanceTimersByTimeAsync(ms);
  }

  async passUntil(condition: () => boolean | Promise<boolean>, atMostMs = 60 * MINUTE): Promise<void> {
    for (const until = Date.now() + atMostMs; !(await condition()); await this.pass(POLL_MS)) {
      if (Date.now() > until) throw new Error(`waited ${atMostMs} ms in vain`);
    }
  }

  /** What is promised, as soon as time brings it. */
  async soon<T>(promised: Promise<T>): Promise<T> {
    let isThere = false;
    const known = promised.finally(() => (isThere = true));
    await this.passUntil(() => isThere);
    return known;
  }

  newOrderId = () => this.#newId(Date.now());
  settled = (id: string) => this.passUntil(async () => (await this.order(id)).saga === undefined);
  doc = (id: string): Promise<OrderDoc> => this.book.existing(id);
  order = async (id: string): Promise<Order> => (await this.doc(id)).order;
  events = async (id: string) =>
    (await this.store.events({ stream: id, limit: 100_000 })) as unknown as (OrderEvent & { version: number })[];
  types = async (id: string) => (await this.events(id)).map(({ type }) => type);

  /** An order that has come this far; who was called for it is forgotten. */
  async bring(to: 'CONFIRMED' | 'CONFIRMED, its fulfilment undone' | 'DELIVERED'): Promise<string> {
    const id = this.newOrderId();
    const { ask } = this.process({ frozen: true });
    await ask('place-order', id);
    if (to !== 'CONFIRMED') {
      this.participants.script = to === 'DELIVERED' ? {} : { 'capture-payment': refused };
      await ask('fulfil-order', id);
    }
    if (to === 'DELIVERED') {
      await this.book.decide({ traceId: TRACE }, id, (doc) => {
        const { order } = doc as OrderDoc;
        const news = { shipmentId: order.shipment?.id as string, status: 'DELIVERED', sequence: 3 } as const;
        return { events: deliver(order, [news]) };
      });
    }
    expect((await this.order(id)).status).toBe(to.split(',')[0]);
    this.participants.forget();
    this.store.writes = [];
    return id;
  }

  /** Nothing is left open, nothing is held that should not be, and the history tells all of it. */
  async expectCleanEnd(id: string): Promise<void> {
    const { order, lease, asked } = await this.doc(id);
    const { saga, needsAttention, version, status } = order;
    expect({ saga, lease, asked, needsAttention }).toEqual({ needsAttention: false });
    const events = await this.events(id);
    expect(events.map((event) => event.version)).toEqual(Array.from({ length: version }, (_, i) => i + 1));
    expect(events.filter(({ traceId }) => !/^\w{32}$/.test(traceId))).toEqual([]);
    expect(rebuild(events)).toEqual(order);
    expect(this.participants.heldBy(id)).toEqual(HELD_BY[status]);
    expect(this.undecided).toEqual([]);
  }

  #newId(now: number): string {
    this.#ids += 1;
    return `${firstIdAt(now)}-${String(this.#ids).padStart(4, '0')}`;
  }
}

interface Process {
  frozen?: boolean;
  tracer?: Tracer;
  sagas?: Sagas;
  pollMs?: number;
}

interface Options {
  key?: string | undefined;
  traceId?: string | undefined;
  waitMs?: number;
  command?: Command;
}

export const requestWith = (key?: string, traceId = TRACE) => ({
  instance: '/orders',
  traceId,
  request: key === undefined ? undefined : { key, fingerprint: 'the same' },
});

export const bodyOf = ({ body }: Answer): ApiOrder & { code?: string; orderId?: string } => JSON.parse(body);
