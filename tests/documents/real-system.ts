import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import { Api, eventually, type Got } from '../e2e/http.ts';
import { freePort } from '../support/free-port.ts';
import { processesOf } from '../support/processes.ts';
import { ServiceProcess } from '../support/service-process.ts';

export const ALL = ['inventory', 'payment', 'shipping', 'product', 'order', 'notification', 'gateway'] as const;
export type Name = (typeof ALL)[number];

/** What `npm start` sets, and quicker. */
const AS_STARTED = {
  CHAOS_API: 'true',
  AUTH_TOKENS: 'true',
  TEST_TOKENS: 'true',
  DRAIN_MS: '4000',
  SAGA_POLL_MS: '50',
};

/** Every service as a process of its own, as somebody who follows a document has them. */
export class RealSystem {
  private constructor(
    private readonly processes: Map<string, ServiceProcess>,
    private readonly env: Record<string, string>,
    private readonly services: Record<number, string>,
    private readonly logs: string,
  ) {}

  /** `services`: which service the document has at which port; `names`: those that run, replicas as order-2. */
  static async start(
    services: Record<number, string>,
    env: Record<string, string> = {},
    names: readonly string[] = ALL,
  ): Promise<RealSystem> {
    const logs = mkdtempSync(join(tmpdir(), 'document-'));
    const common = { ...AS_STARTED, ...env };
    const processes = await processesOf(names, common, { logs });
    const system = new RealSystem(new Map(processes.map((one) => [one.name, one])), common, services, logs);
    await Promise.all(processes.map((one) => one.start()));
    const first = { customerId: 'first', items: [{ productId: 'PROD004', quantity: 1 }] };
    await eventually(
      () => system.of('gateway').post('/orders', first),
      ({ status }) => status === 201,
    );
    return system;
  }

  /** Another process of a service, with an environment of its own. */
  async more(service: Name, env: Record<string, string>): Promise<Api> {
    const urls = ALL.map((name) => [`${name.toUpperCase()}_SERVICE_URL`, this.of(name).url]);
    const all = { ...this.env, ...Object.fromEntries(urls), ...env };
    const name = `${service}-${this.processes.size}`;
    const one = new ServiceProcess({ service, name, port: await freePort(), env: all, logs: this.logs });
    this.processes.set(name, one);
    await one.start();
    return this.of(name);
  }

  /** A service, or a replica such as order-2. */
  of(name: string): Api {
    const [service] = name.split('-') as [Name];
    return new Api((this.processes.get(name) as ServiceProcess).url, EVERY_ENDPOINT[service]);
  }

  /** The service that the document has at this port. */
  at(port: number): Api {
    return this.of(this.services[port] as string);
  }

  /** Sends what a curl command of the document says. */
  async curl(command: string): Promise<Got> {
    const [, port, path = ''] = /http:\/\/localhost:(\d+)([^\s"]*)/.exec(command) ?? [];
    const method = /-X (\w+)/.exec(command)?.[1] ?? 'GET';
    const body = /-d '([^']*)'/.exec(command)?.[1];
    const service = this.at(Number(port));
    if (method === 'GET') return service.get(path);
    return service.post(path, body === undefined ? undefined : JSON.parse(body));
  }

  stop(name: Name): Promise<boolean> {
    return (this.processes.get(name) as ServiceProcess).terminate();
  }

  restart(name: Name): Promise<void> {
    return (this.processes.get(name) as ServiceProcess).start();
  }

  /** What a service has logged until now, a line each. */
  logOf(name: Name): string[] {
    return readFileSync(join(this.logs, `${name}.log`), 'utf8')
      .trim()
      .split('\n');
  }

  end(): void {
    for (const one of this.processes.values()) one.end();
    rmSync(this.logs, { recursive: true, force: true });
  }
}
