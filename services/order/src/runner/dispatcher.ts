import { DueWork } from '@oms/shared/store/due-work';
import { recordJob, type Tracer } from '@oms/shared/telemetry/span';
import { type Cause, type Trace, traceFrom } from '@oms/shared/telemetry/trace';
import { type Decision, dueAt, type Lease, type OrderDoc } from '../book/order-book.ts';
import { startCancelling } from '../domain/commands.ts';
import type { Ended } from './run.ts';
import { type RunsParts, SagaRuns } from './runs.ts';
import { believableUntil, isStranded, stranded } from './stranded.ts';

export interface DispatcherParts extends RunsParts {
  settings: RunsParts['settings'] & { pollMs: number };
  tracer?: Tracer | undefined;
}

/** How many overdue orders are worked on at once. */
const AT_ONCE = 64;

/** Sees to it that every unfinished saga has a runner: this process, or, once its time has come, any that takes it up. */
export class Dispatcher {
  readonly #runs: SagaRuns;
  readonly #overdue: DueWork;
  /** Orders whose time would come far too late: they are taken up as well. */
  #stranded = new Set<string>();
  #timers: NodeJS.Timeout[] = [];
  #stopped = false;

  constructor(private readonly parts: DispatcherParts) {
    const { world, log } = parts;
    this.#runs = new SagaRuns(parts);
    this.#overdue = new DueWork({
      due: async (now, limit) => [...(await parts.book.store.due(now, limit)), ...this.#stranded],
      ...{ world, log, what: 'overdue orders', atOnce: AT_ONCE, pollMs: this.#everyMs },
      work: (id) => this.#takeUp(id),
    });
  }

  lease(now: number): Lease {
    return this.#runs.lease(now);
  }

  run(doc: OrderDoc, trace?: Trace): Promise<Ended | undefined> {
    return this.#runs.run(doc, trace);
  }

  /** Begins to take up overdue orders, among them those of a process that died. */
  start(): void {
    const renewing = setInterval(() => this.#runs.renew(), this.#everyMs);
    const looking = setInterval(() => this.#findStranded(), this.parts.settings.leaseMs);
    this.#timers = [renewing, looking];
    this.#findStranded();
    this.#overdue.start();
  }

  /** Runs may finish within the grace. The others are cut, and go on elsewhere when their leases are over. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    const cut = setTimeout(() => this.#runs.cut(), graceMs);
    await this.#overdue.stop();
    await this.#runs.ended();
    clearTimeout(cut);
  }

  get #everyMs(): number {
    const { pollMs, leaseMs } = this.parts.settings;
    return Math.min(pollMs, leaseMs / 4);
  }

  #findStranded(): void {
    const { book, world, log, settings } = this.parts;
    const now = world.now();
    stranded(book, now, believableUntil(now, settings.leaseMs)).then(
      (ids) => (this.#stranded = new Set(ids)),
      (error) => log.error('stranded orders could not be looked for', { error }),
    );
  }

  async #takeUp(id: string): Promise<void> {
    const { book, world, log, tracer, settings } = this.parts;
    this.#stranded.delete(id);
    const trace = traceFrom(await this.#causeOf(id), world.random);
    const { traceId } = trace;
    if (this.#stopped) return;
    const take = (known: OrderDoc | undefined, now: number) =>
      taken(known, now, this.lease(now), believableUntil(now, settings.leaseMs));
    const { doc } = await book.decide({ traceId, trace }, id, take);
    if (!doc?.lease) return;
    log.info('an overdue order is taken up', { orderId: id, saga: doc.order.saga?.name, traceId });
    await recordJob(tracer, trace, 'take up an overdue order', 'internal', (_span, own) => this.run(doc, own));
  }

  /** The event that began the saga, or else the order: the saga goes on in its trace. */
  async #causeOf(id: string): Promise<Cause> {
    const { book } = this.parts;
    const order = (await book.read(id))?.order;
    const after = String((order?.saga?.startedBy ?? 1) - 1);
    const [event] = await book.store.events({ stream: id, after, limit: 1 });
    return event ?? { traceId: order?.traceId ?? '' };
  }
}

/** Takes an order whose time has come, unless another process was quicker. */
function taken(doc: OrderDoc | undefined, now: number, lease: Lease, latest: number): Decision {
  const due = doc && dueAt(doc, now);
  if (!doc || due === undefined || (due > now && !isStranded(doc, now, latest))) return {};
  const { saga, status } = doc.order;
  if (status === 'AWAITING_CONFIRMATION')
    return { events: startCancelling(doc.order, 'it was not confirmed in time'), lease };
  if (!saga) return { lease: null };
  return { lease, events: doc.lease ? [{ type: 'saga.resumed', data: { saga: saga.name } }] : [] };
}
