import { randomUUID } from 'node:crypto';
import { ServiceProcess } from '../crash/service-process.ts';
import { freePort } from '../free-port.ts';

const SERVICES = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'] as const;
type Service = (typeof SERVICES)[number];
/** Short, so that the orders of a killed process are soon taken over. */
const LEASE_MS = 1_500;

/** Two real processes of every service on one PostgreSQL, and two gateways before them. */
export class Cluster {
  private constructor(
    readonly replicas: readonly ServiceProcess[],
    private readonly gateways: readonly ServiceProcess[],
    readonly urls: readonly string[],
  ) {}

  static async start(): Promise<Cluster> {
    const database = `${process.env.DATABASE_URL_TEST}/replicas_${randomUUID().slice(0, 8)}`;
    const ports = new Map<Service, number[]>();
    for (const service of SERVICES) ports.set(service, [await freePort(), await freePort()]);
    const addresses = SERVICES.map((service) => [`${service.toUpperCase()}_SERVICE_URL`, urlsOf(ports.get(service))]);
    const env: Record<string, string> = {
      ...Object.fromEntries(addresses),
      DATABASE_URL: database,
      LOG_LEVEL: 'error',
      SAGA_LEASE_MS: String(LEASE_MS),
      SAGA_POLL_MS: '250',
      RATE_LIMIT_READS: '0',
      RATE_LIMIT_WRITES: '0',
    };
    const define = (service: string, port: number, i: number) =>
      new ServiceProcess({ service, name: `${service} ${i + 1}`, port, env, logs: undefined });
    const replicas = SERVICES.flatMap((service) =>
      (ports.get(service) as number[]).map((port, i) => define(service, port, i)),
    );
    const gatewayPorts = [await freePort(), await freePort()];
    const gateways = gatewayPorts.map((port, i) => define('gateway', port, i));
    const cluster = new Cluster(replicas, gateways, gatewayPorts.map(urlOf));
    await Promise.all([...replicas, ...gateways].map((one) => one.start()));
    return cluster;
  }

  stop(): void {
    for (const one of [...this.gateways, ...this.replicas]) one.end();
  }
}

const urlOf = (port: number) => `http://127.0.0.1:${port}`;
const urlsOf = (ports: readonly number[] = []) => ports.map(urlOf).join(',');
