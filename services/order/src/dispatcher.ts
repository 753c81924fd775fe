import type { Logger } from '@oms/shared/telemetry/logger';
import { traceFrom, withTrace } from '@oms/shared/telemetry/trace';
import { startCancelling } from './commands.ts';
import { type Decision, dueAt, type Lease, type OrderDoc } from './order-book.ts';
import { type Ended, type RunnerParts, SagaRun } from './saga-runner.ts';

export interface DispatcherParts extends RunnerParts {
  log: Logger;
  settings: RunnerParts['settings'] & { pollMs: number };
}

/** How many overdue orders are worked on at once. */
const AT_ONCE = 64;

/** Sees to it that every unfinished saga is run by somebody: the runs of this process, their leases, and orders left behind. */
export class Dispatcher {
  readonly #runs = new Map<string, { run: SagaRun; ended: Promise<unknown> }>();
  #takenUp = 0;
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
  run(doc: OrderDoc): Promise<Ended> {
    const lease = doc.lease as Lease;
    const run = new SagaRun(this.parts, doc.order, lease);
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
    const cut = setTimeout(() => {
      for (const { run } of this.#runs.values()) run.cut();
    }, graceMs);
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
    clearTimeout(cut);
  }

  #again(): void {
    if (this.#stopped) return;
    this.#poll = setTimeout(() => {
      this.#polling = this.#look().catch((error) => {
        this.parts.log.error('looking for overdue orders failed', { error });
      });
      this.#polling.then(() => this.#again());
    }, this.parts.settings.pollMs);
  }

  async #look(): Promise<void> {
    const { book, settings, world } = this.parts;
    for (const { run } of this.#runs.values()) {
      if (run.leaseUntil - world.now() < settings.leaseMs / 2) this.#inBackground(run.orderId, run.renew());
    }
    for (const id of await book.store.due(world.now(), AT_ONCE - this.#takenUp)) {
      if (this.#stopped) return;
      await this.#claim(id).catch((error) => this.#failed(id, error));
    }
  }

  async #claim(id: string): Promise<void> {
    const { book, world, log } = this.parts;
    const traceId = (await book.read(id))?.order.traceId ?? '';
    const { doc } = await book.change(id, undefined, traceId, (known, now) => claim(known, now, this.lease(now)));
    if (!doc?.lease) return;
    const { saga } = doc.order;
    log.info('an overdue order is taken up', { orderId: id, saga: saga?.name, traceId });
    const run = withTrace(traceFrom(traceId, world.random), () => this.run(doc));
    this.#takenUp += 1;
    this.#inBackground(id, run).then(() => (this.#takenUp -= 1));
  }

  #inBackground(id: string, work: Promise<unknown>): Promise<unknown> {
    return work.catch((error) => this.#failed(id, error));
  }

  /** One order that cannot be worked on never stops the others: it comes up again when its lease is over. */
  #failed(orderId: string, error: unknown): void {
    this.parts.log.error('the saga of an order failed unexpectedly', { orderId, error });
  }
}

/** Takes an order whose time has come, unless somebody else was quicker. */
function claim(doc: OrderDoc | undefined, now: number, lease: Lease): Decision {
  const due = doc && dueAt(doc, now);
  if (!doc || due === undefined || due > now) return {};
  const { saga, status } = doc.order;
  if (!saga && status === 'AWAITING_CONFIRMATION')
    return { ...startCancelling(doc.order, 'it was not confirmed in time'), lease };
  if (!saga) return { lease: null };
  return { lease, events: doc.lease ? [{ type: 'saga.resumed', data: { saga: saga.name } }] : [] };
}
