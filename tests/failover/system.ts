import { ServiceProcess } from '../support/service-process.ts';
import { ask } from './client.ts';

const PORTS = { order: [3000, 3100], inventory: [3001], payment: [3002], shipping: [3003] } as const;
const at = (port: number) => `http://127.0.0.1:${port}`;

/** The services, which nobody restarts. */
export class System {
  readonly orders = PORTS.order.map(at);
  readonly inventory = at(PORTS.inventory[0]);
  readonly processes: readonly ServiceProcess[];

  constructor(database: string, logs: string) {
    const env: Record<string, string> = {
      DATABASE_URL: database,
      PRODUCT_SERVICE_URL: 'none',
      TEST_TOKENS: 'true',
      LOG_LEVEL: 'warn',
      ORDER_SERVICE_URL: this.orders.join(),
    };
    for (const other of ['inventory', 'payment', 'shipping'] as const)
      env[`${other.toUpperCase()}_SERVICE_URL`] = at(PORTS[other][0]);
    this.processes = Object.entries(PORTS).flatMap(([service, ports]) =>
      ports.map((port) => new ServiceProcess({ service, name: `${service}-${port}`, port, env, logs })),
    );
  }

  async start(): Promise<void> {
    for (const one of this.processes) await one.start();
  }

  /** The processes that ended, which none should. */
  get died(): string[] {
    return this.processes.flatMap(({ diedOfItself }) => diedOfItself);
  }

  async ready(): Promise<boolean[]> {
    return Promise.all(this.processes.map(async ({ url }) => (await ask(`${url}/readyz`))?.status === 200));
  }
}
