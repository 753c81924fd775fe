import type { Trace } from '@oms/shared/telemetry/trace';
import type { OrderMetrics } from '../book/metrics.ts';
import type { Lease, OrderDoc } from '../book/order-book.ts';
import type { SagaProgress } from '../domain/saga-progress.ts';
import { type Ended, type RunnerParts, SagaRun } from './run.ts';

export interface RunsParts extends RunnerParts {
  metrics: Pick<OrderMetrics, 'runFailed'>;
}

/** The runs of this process, and their leases. */
export class SagaRuns {
  readonly #runs = new Map<string, { run: SagaRun; ended: Promise<unknown> }>();
  #graceIsOver = false;

  constructor(private readonly parts: RunsParts) {}

  /** A lease, to be written with an order before it is given to `run`. */
  lease(now: number): Lease {
    const { world, settings } = this.parts;
    return { token: world.newId(now), until: now + settings.leaseMs };
  }

  /** Runs the saga of an order whose lease this process has just written. Undefined: the run failed unexpectedly. */
  run(doc: OrderDoc, trace?: Trace): Promise<Ended | undefined> {
    const lease = doc.lease as Lease;
    const run = new SagaRun(this.parts, doc.order, lease, trace);
    const ended = run.run().catch((error) => this.#failed(doc, trace, error));
    this.#runs.set(lease.token, { run, ended });
    ended.then(() => this.#runs.delete(lease.token));
    if (this.#graceIsOver) run.cut();
    return ended;
  }

  /** Renews the leases of runs that take long. */
  renew(): void {
    const { settings, world } = this.parts;
    for (const { run } of this.#runs.values()) {
      if (run.leaseUntil - world.now() < settings.leaseMs / 2) run.renew();
    }
  }

  /** The grace is over. Runs that are still under way go on elsewhere when their leases are over. */
  cut(): void {
    this.#graceIsOver = true;
    for (const { run } of this.#runs.values()) run.cut();
  }

  async ended(): Promise<void> {
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
  }

  /** The order keeps its lease, and is taken up when that is over, as after a crash. */
  #failed({ order }: OrderDoc, trace: Trace | undefined, error: unknown): undefined {
    const { name: saga } = order.saga as SagaProgress;
    const about = { orderId: order.id, saga, traceId: trace?.traceId ?? order.traceId };
    this.parts.log.error('a saga failed unexpectedly, and goes on when its lease is over', { ...about, error });
    this.parts.metrics.runFailed(saga);
  }
}
