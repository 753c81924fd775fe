import { createServer, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { PostgresServer } from '../../../tests/servers/postgres.ts';
import { freePort } from '../../../tests/support/free-port.ts';
import { Starter } from '../../../tests/support/starter.ts';
import { Prometheus } from './prometheus.ts';
import { shortened } from './shortened.ts';

export type Service = 'order' | 'inventory' | 'payment' | 'shipping' | 'product' | 'notification' | 'gateway';

const SERVICES: readonly Service[] = [
  'order',
  'inventory',
  'payment',
  'shipping',
  'product',
  'notification',
  'gateway',
];
const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

/** So that what takes minutes in earnest takes seconds here, and limits are near. */
const IMPATIENT = {
  SAGA_UNDO_ALERT_AFTER: '1000',
  SAGA_POLL_MS: '100',
  AUDIT_EVERY_MS: '2000',
  BREAKER_INVENTORY_CAPACITY: '16',
  BREAKER_PAYMENT_CAPACITY: '16',
  BREAKER_SHIPPING_CAPACITY: '16',
  BREAKER_PRODUCT_CAPACITY: '16',
  RATE_LIMIT_READS: '60',
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
};

/** The real system on a PostgreSQL of its own, with a real Prometheus before it. */
export class Stage {
  /** What whoever gets notifications by webhook answers. */
  webhookStatus = 200;
  /** What the receiver of events at `receiverUrl` answers. */
  receiverStatus = 200;

  private constructor(
    readonly prometheus: Prometheus,
    readonly postgres: PostgresServer,
    private readonly starter: Starter,
    private readonly webhook: Server,
    readonly receiverUrl: string,
  ) {}

  static async set(root: string, env: Record<string, string> = {}): Promise<Stage> {
    const postgres = await PostgresServer.start(['fsync=off']);
    const webhookPort = await freePort();
    const WEBHOOK_URL = `http://127.0.0.1:${webhookPort}/`;
    const circumstances = { ...IMPATIENT, DATABASE_URL: postgres.url(), WEBHOOK_URL, LOG_LEVEL: 'error', ...env };
    const starter = await Starter.run(SERVICES, { project: root, env: circumstances });
    await starter.says('Ready in');
    const addresses = Object.fromEntries(SERVICES.map((service) => [service, starter.urlOf(service)]));
    const prometheus = await Prometheus.start({ folder: `${root}/ops/prometheus`, addresses, rewrite: shortened });
    const webhook = createServer(({ url }, res) =>
      res.writeHead(url === '/events' ? stage.receiverStatus : stage.webhookStatus).end(),
    );
    webhook.listen(webhookPort, '127.0.0.1');
    const stage = new Stage(prometheus, postgres, starter, webhook, `${WEBHOOK_URL}events`);
    await stage.ask('inventory', 'PUT', '/inventory/prod1', { quantity: 100_000 });
    return stage;
  }

  async strike(): Promise<void> {
    await this.starter.cleanUp();
    await this.prometheus.stop();
    await this.postgres.stop();
    this.webhook.close();
    this.webhook.closeAllConnections();
  }

  /** Stops a process in the middle of whatever it does, or lets it go on. */
  signal(service: Service, signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.starter.pidOf(service), signal);
  }

  /** Undefined: no answer, or none that is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: whoever asks knows what comes
  async ask(service: Service, method: string, path: string, body?: object, prefer = ''): Promise<any> {
    const init = body && {
      headers: { 'Content-Type': 'application/json', Prefer: prefer },
      body: JSON.stringify(body),
    };
    const answer = await fetch(this.starter.urlOf(service) + path, { method, ...init }).catch(() => undefined);
    return answer?.json().catch(() => undefined);
  }

  /** The numbers that a service shows in such lines, in their order. */
  async metrics(service: Service, line: RegExp): Promise<number[]> {
    const text = await (await fetch(`${this.starter.urlOf(service)}/metrics`)).text();
    return [...text.matchAll(line)].map(([, value]) => Number(value));
  }

  async chaos(service: Service, change: { failureRate?: number; latencyMs?: number; enabled?: boolean }) {
    await this.ask(service, 'PUT', '/chaos', change);
  }

  async calm(service: Service): Promise<void> {
    await this.chaos(service, { enabled: false });
    await this.ask('order', 'POST', '/circuit-breaker/reset', {});
  }

  place(change: object = {}, prefer = '') {
    const order = { customerId: 'drill', items: [{ productId: 'prod1', quantity: 1 }], shippingAddress: ADDRESS };
    return this.ask('order', 'POST', '/orders', { ...order, ...change }, prefer);
  }
}

/** Does it again and again, that many at once. Returns what ends it. */
export function again(atOnce: number, act: () => Promise<unknown>): () => Promise<void> {
  let over = false;
  const loop = async () => {
    while (!over) {
      await act();
      await pause(5);
    }
  };
  const loops = Array.from({ length: atOnce }, loop);
  return async () => {
    over = true;
    await Promise.all(loops);
  };
}
