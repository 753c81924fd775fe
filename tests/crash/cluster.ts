import { mkdir } from 'node:fs/promises';
import { PostgresServer } from '../servers/postgres.ts';
import { hasRedis, type RedisServer, startRedis } from '../servers/redis.ts';
import { freePort } from '../support/free-port.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { Way } from './way.ts';

/** Short, so that many leases expire within a run. */
export const LEASE_MS = 2_000;

export const REPLICAS = { order: 2, inventory: 2, payment: 2, shipping: 1 } as const;
export type Service = keyof typeof REPLICAS;
export const SERVICES = Object.keys(REPLICAS) as Service[];
export const eachService = <T>(of: (service: Service) => T) =>
  Object.fromEntries(SERVICES.map((service) => [service, of(service)])) as Record<Service, T>;

/** The real processes on a real database, with a proxy that can fail on every connection. */
export class Cluster {
  readonly processes: ServiceProcess[] = [];
  readonly ways = new Map<string, Way>();
  readonly #ports = new Map<Service, number[]>();

  private constructor(
    readonly postgres: PostgresServer,
    /** Has the copies of orders, where there is one. */
    readonly redis: RedisServer | undefined,
  ) {
    // However this process ends, no process of the cluster is left running.
    process.once('exit', () => this.#vanish());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  }

  static async start(logs: string | undefined): Promise<Cluster> {
    const cluster = new Cluster(await PostgresServer.start(), hasRedis ? await startRedis() : undefined);
    if (logs !== undefined) await mkdir(logs, { recursive: true });
    for (const service of SERVICES) await cluster.#arrange(service);
    if (cluster.redis) cluster.ways.set(REDIS, await Way.inFrontOf(Number(new URL(cluster.redis.url).port)));
    for (const service of SERVICES) cluster.#define(service, logs);
    await Promise.all(cluster.processes.map((one) => one.start()));
    return cluster;
  }

  /** The addresses of the replicas themselves. */
  replicas(service: Service): string[] {
    return (this.#ports.get(service) as number[]).map((port) => `http://127.0.0.1:${port}`);
  }

  /** The address of a service for the others. */
  address(service: Service): string {
    return `http://127.0.0.1:${this.#way(service).port}`;
  }

  async stop(): Promise<void> {
    this.#vanish();
    await Promise.all([...this.ways.values()].map((way) => way.close()));
  }

  async #arrange(service: Service): Promise<void> {
    const ports = await Promise.all(Array.from({ length: REPLICAS[service] }, freePort));
    this.#ports.set(service, ports);
    this.ways.set(service, await Way.inFrontOf(...ports));
    this.ways.set(databaseOf(service), await Way.inFrontOf(this.postgres.port));
  }

  #define(service: Service, logs: string | undefined): void {
    const env: Record<string, string> = {
      DATABASE_URL: `${this.postgres.url(this.#way(databaseOf(service)).port)}/crash`,
      LOG_LEVEL: logs === undefined ? 'silent' : 'info',
      SAGA_LEASE_MS: String(LEASE_MS),
      SAGA_POLL_MS: '250',
      ORDER_WAIT_MS: '6000',
      PRODUCT_SERVICE_URL: 'none',
      TEST_TOKENS: 'true',
    };
    if (this.redis) env.REDIS_URL = `redis://127.0.0.1:${this.#way(REDIS).port}`;
    for (const other of SERVICES) env[`${other.toUpperCase()}_SERVICE_URL`] = this.address(other);
    (this.#ports.get(service) as number[]).forEach((port, i) => {
      const name = `${service}-${i + 1}`;
      this.processes.push(new ServiceProcess({ service, name, port, env, logs }));
    });
  }

  #way(name: string): Way {
    return this.ways.get(name) as Way;
  }

  #vanish(): void {
    for (const one of this.processes) one.end();
    this.postgres.vanish();
    void this.redis?.kill();
  }
}

/** The name of Redis, and of the proxy before it. Only order uses it. */
export const REDIS = 'redis';

/** The name of the proxy between a service and its database. */
export const databaseOf = (service: Service): string => `${service}-database`;
