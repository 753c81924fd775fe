import { mkdir } from 'node:fs/promises';
import { PostgresServer } from '../servers/postgres.ts';
import { freePort } from '../support/free-port.ts';
import { PROJECT } from '../support/project.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';

export type Version = 'old' | 'new';

const REPLICAS = { inventory: 1, payment: 1, shipping: 1, notification: 1, product: 1, order: 2, gateway: 2 };
export type Service = keyof typeof REPLICAS;
/** What the others call comes first, and whoever calls it later: no caller asks for what an older service does not know. */
const FORWARD = Object.keys(REPLICAS) as Service[];

interface Replica {
  service: Service;
  name: string;
  port: number;
  process: ServiceProcess;
  version: Version;
}

/** The whole system, each replica of which can be replaced by one of another version. */
export class System {
  readonly replicas: Replica[] = [];
  #env: Record<string, string> = {};

  private constructor(
    readonly postgres: PostgresServer,
    private readonly projects: Record<Version, string>,
    private readonly logs: string | undefined,
  ) {
    process.once('exit', () => this.stop());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  }

  static async start(release: string, logs: string | undefined): Promise<System> {
    if (logs !== undefined) await mkdir(logs, { recursive: true });
    const system = new System(await PostgresServer.start(), { old: release, new: PROJECT }, logs);
    const places: { service: Service; name: string; port: number }[] = [];
    for (const service of FORWARD)
      for (let i = 1; i <= REPLICAS[service]; i++)
        places.push({ service, name: `${service}-${i}`, port: await freePort() });
    system.#env = {
      DATABASE_URL: system.database,
      LOG_LEVEL: logs === undefined ? 'silent' : 'info',
      SAGA_LEASE_MS: '2000',
      SAGA_POLL_MS: '250',
      DRAIN_MS: '1000',
      ...Object.fromEntries(
        ['INVENTORY', 'PAYMENT', 'SHIPPING', 'PRODUCT'].map((target) => [`BREAKER_${target}_RESET_MS`, '2000']),
      ),
      TEST_TOKENS: 'true',
      RATE_LIMIT_READS: '0',
      RATE_LIMIT_WRITES: '0',
      ORDER_HOLD_UNITS: '1000000',
    };
    for (const service of FORWARD) {
      const own = places.filter((place) => place.service === service);
      system.#env[`${service.toUpperCase()}_SERVICE_URL`] = own.map(({ port }) => `http://127.0.0.1:${port}`).join(',');
    }
    for (const place of places) {
      system.replicas.push({ ...place, version: 'old', process: system.#made(place, 'old') });
    }
    await Promise.all(system.replicas.map((one) => one.process.start()));
    return system;
  }

  get database(): string {
    return `${this.postgres.url()}/upgrades`;
  }

  get gateways(): string[] {
    return this.#of('gateway').map(({ process }) => process.url);
  }

  /** Replaces the replicas one after the other, service by service; those of orders while sagas are in flight. */
  async become(version: Version, sagasInFlight: () => Promise<boolean>, say: (line: string) => void): Promise<void> {
    const services = version === 'new' ? FORWARD : [...FORWARD].reverse();
    for (const service of services) {
      if (service !== 'order') await this.#replace(service, version, say);
      else while (!(await this.#replaceOrders(version, sagasInFlight, say)));
    }
    // Whoever found nobody while a replica was replaced still holds back for a while.
    await until(() => this.#allBreakersAreClosed());
  }

  async #allBreakersAreClosed(): Promise<boolean> {
    const states = this.#of('order').map(async ({ process }) => {
      const answer = await fetch(`${process.url}/circuit-breaker/status`);
      const { breakers } = (await answer.json()) as { breakers: { state: string }[] };
      return breakers.map(({ state }) => state);
    });
    return (await Promise.all(states)).flat().every((state) => state === 'CLOSED');
  }

  /** What payment cannot answer is left to whoever comes then. */
  async #replaceOrders(
    version: Version,
    sagasInFlight: () => Promise<boolean>,
    say: (line: string) => void,
  ): Promise<boolean> {
    let areInFlight = false;
    await this.#of('payment')[0]?.process.sleepWhile(async () => {
      areInFlight = await sagasInFlight();
      if (areInFlight) await this.#replace('order', version, say);
    });
    return areInFlight;
  }

  async #replace(service: Service, version: Version, say: (line: string) => void): Promise<void> {
    for (const replica of this.#of(service)) {
      const from = performance.now();
      await replica.process.terminate();
      replica.process = this.#made(replica, version);
      replica.version = version;
      await replica.process.start();
      say(`${replica.name} is ${version} after ${Math.round(performance.now() - from)} ms`);
    }
  }

  stop(): void {
    for (const { process } of this.replicas) process.end();
    this.postgres.vanish();
  }

  #of(service: Service): Replica[] {
    return this.replicas.filter((one) => one.service === service);
  }

  #made({ service, name, port }: Pick<Replica, 'service' | 'name' | 'port'>, version: Version): ServiceProcess {
    const project = this.projects[version];
    return new ServiceProcess({ service, name: `${name}-${version}`, port, env: this.#env, logs: this.logs, project });
  }
}
