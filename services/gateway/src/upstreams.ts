import { Unavailable } from '@oms/shared/errors';
import { Addresses } from '@oms/shared/resilience/addresses';
import { RetryBudget } from '@oms/shared/resilience/budget';
import { isReady, type Transport } from '@oms/shared/resilience/transport';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import { SERVICES, type ServiceName } from './targets.ts';

/** The product service is optional. */
export type Upstreams = Record<Exclude<ServiceName, 'product'>, Upstream> & { product?: Upstream };

/** A service behind the gateway: its addresses, and a limit so that a slow service does not stop the gateway. */
export class Upstream {
  #waiting = 0;
  /** For answers of 500. */
  readonly retries = new RetryBudget();

  constructor(
    readonly service: ServiceName,
    readonly addresses: Addresses,
    private readonly capacity: number,
    private readonly rejections: Metrics['bulkheadRejections'],
  ) {
    rejections.inc({ target: service }, 0);
  }

  /** Counts a request until its answer begins: an open stream costs little, and may stay open for hours. */
  async admit<T>(run: () => Promise<T>): Promise<T> {
    const { service, capacity } = this;
    if (this.#waiting >= capacity) {
      this.rejections.inc({ target: service });
      throw new Unavailable('SERVICE_UNAVAILABLE', `Too many requests wait for the ${service} service.`, 1, {
        service,
      });
    }
    this.#waiting++;
    this.retries.called();
    try {
      return await run();
    } finally {
      this.#waiting--;
    }
  }
}

export function createUpstreams(
  origins: Record<ServiceName, readonly string[] | 'none'>,
  capacity: number,
  transport: Transport,
  { bulkheadRejections }: Pick<Metrics, 'bulkheadRejections'>,
): Upstreams {
  const upstreams: Partial<Record<ServiceName, Upstream>> = {};
  for (const service of SERVICES) {
    const at = origins[service];
    if (at === 'none') continue;
    upstreams[service] = new Upstream(
      service,
      new Addresses(at, isReady(transport), transport.lookUp),
      capacity,
      bulkheadRejections,
    );
  }
  return upstreams as Upstreams;
}
