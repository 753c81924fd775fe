import { Unavailable } from '@oms/shared/errors';
import { recordJob, type Tracer } from '@oms/shared/telemetry/span';
import { type Cause, type Trace, traceFrom } from '@oms/shared/telemetry/trace';
import { startCancelling } from './commands.ts';
import { type Decision, dueAt, type Lease, type OrderDoc } from './order-book.ts';
import { type Ended, type RunnerParts, SagaRun } from './saga-runner.ts';
import { believableUntil, isStranded, stranded } from './stranded.ts';

export interface DispatcherParts extends RunnerParts {
  settings: RunnerParts['settings'] & { pollMs: number };
  tracer?: Tracer | undefined;
}

/** How long an order is left alone that cannot even be taken up. */
const LEFT_ALONE_MS = 60_000;
/** How many overdue orders are worked on at once. */
const AT_ONCE = 64;

/** Sees to it that every unfinished saga is run by somebody: the runs of this process, their leases, and orders left behind. */
export class Dispatcher {
  readonly #runs = new Map<string, { run: SagaRun; ended: Promise<unknown> }>();
  #takenUp = 0;
  #takingUp: Promise<void> | undefined;
  #looks = 0;
  /** Orders that nobody would look after in time, to be taken up as well. */
  #stranded: string[] = [];
  /** Whether more orders are overdue than there was room for. */
  #behind = false;
  /** Orders that could not be worked on, and until when they are left alone. */
  readonly #hopeless = new Map<string, number>();
  #poll: NodeJS.Timeout | undefined;
  #polling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(private readonly parts: DispatcherParts) {}

  /** A lease for an order about to be written by whoever then calls `run`. */
  lease(now: number): Lease {
    const { world, settings } = this.parts;
    return { token: world.newId(now), until: now + settings.leaseMs };
  }

  /** Runs the saga of an order whose lease this process has just written. */
  run(doc: OrderDoc, trace?: Trace): Promise<Ended> {
    const lease = doc.lease as Lease;
    const run = new SagaRun(this.parts, doc.order, lease, trace);
    const ended = run.run();
    const settled = ended.catch(() => {});
    this.#runs.set(lease.token, { run, ended: settled });
    settled.then(() => this.#runs.delete(lease.token));
    return ended;
  }

  /** Begins to look after overdue orders, those of a process that died among them. */
  start(): void {
    this.#again();
  }

  /** Ends what runs here: what can finish in time does, the rest goes on when its lease is over. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#poll);
    await this.#polling;
    await this.#takingUp?.catch(() => {});
    const cut = setTimeout(() => {
      for (const { run } of this.#runs.values()) run.cut();
    }, graceMs);
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
    clearTimeout(cut);
  }

  #again(): void {
    if (this.#stopped) return;
    this.#poll = setTimeout(() => {
      this.#polling = this.#quietly(this.#look());
      this.#polling.then(() => this.#again());
    }, this.#everyMs);
  }

  #quietly(looking: Promise<void>): Promise<void> {
    return looking.catch((error) => {
      this.parts.log.error('looking for overdue orders failed', { error });
    });
  }

  async #look(): Promise<void> {
    const { settings, world } = this.parts;
    for (const { run } of this.#runs.values()) {
      if (run.leaseUntil - world.now() < settings.leaseMs / 2) this.#inBackground(run.orderId, run.renew());
    }
    if (this.#isTimeForStranded()) {
      this.#stranded = await stranded(this.parts.book, world.now(), believableUntil(world.now(), settings.leaseMs));
    }
    await this.#takeUp();
  }

  /** Once in the time of a lease, counted in looks: a clock may jump. */
  #isTimeForStranded(): boolean {
    return this.#looks++ % Math.ceil(this.parts.settings.leaseMs / this.#everyMs) === 0;
  }

  #takeUp(): Promise<void> {
    this.#takingUp ??= this.#takeUpSome().finally(() => {
      this.#takingUp = undefined;
    });
    return this.#takingUp;
  }

  async #takeUpSome(): Promise<void> {
    const { book, world } = this.parts;
    const room = AT_ONCE - this.#takenUp;
    if (room <= 0) return;
    const due = await book.store.due(world.now(), room + this.#hopeless.size);
    const chosen = [...due, ...this.#stranded]
      .filter((id) => (this.#hopeless.get(id) ?? 0) <= world.now())
      .slice(0, room);
    this.#stranded = this.#stranded.filter((id) => !chosen.includes(id));
    this.#behind = chosen.length === room;
    await Promise.all(chosen.map((id) => this.#inBackground(id, this.#claim(id))));
  }

  get #everyMs(): number {
    const { pollMs, leaseMs } = this.parts.settings;
    return Math.min(pollMs, leaseMs / 4);
  }

  async #claim(id: string): Promise<void> {
    const { book, world, log, tracer, settings } = this.parts;
    this.#hopeless.delete(id);
    const trace = traceFrom(await this.#causeOf(id), world.random);
    const { traceId } = trace;
    if (this.#stopped) return;
    const take = (known: OrderDoc | undefined, now: number) =>
      claim(known, now, this.lease(now), believableUntil(now, settings.leaseMs));
    const { doc } = await book.change(id, undefined, traceId, take, trace);
    if (!doc?.lease) return;
    log.info('an overdue order is taken up', { orderId: id, saga: doc.order.saga?.name, traceId });
    const run = recordJob(tracer, trace, 'take up an overdue order', 'internal', (_span, own) => this.run(doc, own));
    this.#takenUp += 1;
    this.#inBackground(id, run).then(() => this.#tookUp());
  }

  /** After an outage thousands are overdue: the next are not left until it is time to look again. */
  #tookUp(): void {
    this.#takenUp -= 1;
    if (!this.#behind || this.#stopped || this.#takingUp || this.#takenUp > AT_ONCE / 2) return;
    this.#quietly(this.#takeUp());
  }

  /** What began the saga, or else the order: it goes on in that trace, whoever runs it. */
  async #causeOf(id: string): Promise<Cause> {
    const { book } = this.parts;
    const order = (await book.read(id))?.order;
    const after = String((order?.saga?.startedBy ?? 1) - 1);
    const [event] = await book.store.events({ stream: id, after, limit: 1 });
    return event ?? { traceId: order?.traceId ?? '' };
  }

  #inBackground(id: string, work: Promise<unknown>): Promise<unknown> {
    return work.catch((error) => this.#failed(id, error));
  }

  /** One order that cannot be worked on never stops the others: it is left alone for a while. */
  #failed(orderId: string, error: unknown): void {
    if (!(error instanceof Unavailable)) this.#hopeless.set(orderId, this.parts.world.now() + LEFT_ALONE_MS);
    this.parts.log.error('the saga of an order failed unexpectedly', { orderId, error });
  }
}

/** Takes an order whose time has come, unless somebody else was quicker. */
function claim(doc: OrderDoc | undefined, now: number, lease: Lease, latest: number): Decision {
  const due = doc && dueAt(doc, now);
  if (!doc || due === undefined || (due > now && !isStranded(doc, now, latest))) return {};
  const { saga, status } = doc.order;
  if (!saga && status === 'AWAITING_CONFIRMATION')
    return { ...startCancelling(doc.order, 'it was not confirmed in time'), lease };
  if (!saga) return { lease: null };
  return { lease, events: doc.lease ? [{ type: 'saga.resumed', data: { saga: saga.name } }] : [] };
}
