import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { ALERTMANAGER } from './files.ts';

const DELIVERY_LIMIT_MS = 90_000;

interface Notification {
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

/** A real Alertmanager with our configuration, but in a hurry, and a receiver of what it sends. */
export class Alertmanager {
  /** What was delivered, to which path. */
  readonly delivered: { path: string; notification: Notification }[] = [];

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly data: string,
    private readonly receiver: Server,
  ) {}

  static async start(): Promise<Alertmanager> {
    const data = mkdtempSync(join(tmpdir(), 'alertmanager-'));
    const receiver = createServer().listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    mkdirSync(join(data, 'urls'));
    for (const severity of ['critical', 'warning']) {
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${severity}`;
      writeFileSync(join(data, 'urls', severity), `${url}\n`);
    }
    const config = readFileSync(ALERTMANAGER, 'utf8');
    writeFileSync(join(data, 'alertmanager.yml'), hurried(config).replaceAll('/etc/alertmanager', data));
    const listen = `127.0.0.1:${await freePort()}`;
    const flags = { 'config.file': 'alertmanager.yml', 'storage.path': data, 'web.listen-address': listen };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const child = spawn('alertmanager', [...args, '--cluster.listen-address=', '--log.level=error'], {
      cwd: data,
      stdio: 'inherit',
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const alertmanager = new Alertmanager(`http://${listen}`, child, data, receiver);
    receiver.on('request', (req, res) => {
      let text = '';
      req.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      req.on('end', () => {
        alertmanager.delivered.push({ path: req.url as string, notification: JSON.parse(text) });
        res.end();
      });
    });
    await until(async () => {
      if (child.exitCode !== null) throw new Error('Alertmanager does not accept its configuration');
      return (await fetch(`${alertmanager.url}/-/ready`).catch(() => undefined))?.ok;
    });
    return alertmanager;
  }

  /** As Prometheus tells it. */
  async tell(...labels: Record<string, string>[]): Promise<void> {
    const answer = await fetch(`${this.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(labels.map((one) => ({ labels: one }))),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** The alerts that were delivered to this path. */
  deliveredTo(path: string, status: string): Record<string, string>[] {
    return this.delivered
      .filter((one) => one.path === path)
      .flatMap(({ notification }) => notification.alerts.filter((alert) => alert.status === status))
      .map(({ labels }) => labels);
  }

  /** Waits until an alert with these labels has been delivered to the path. */
  async delivers(path: string, status: string, labels: Record<string, string>): Promise<void> {
    const wanted = Object.entries(labels);
    const isThere = () =>
      this.deliveredTo(path, status).some((seen) => wanted.every(([name, value]) => seen[name] === value));
    for (const end = performance.now() + DELIVERY_LIMIT_MS; !isThere(); await pause(100)) {
      if (performance.now() > end) {
        throw new Error(`${status} was not delivered, but ${JSON.stringify(this.delivered)}`);
      }
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    this.receiver.close();
    this.receiver.closeAllConnections();
    rmSync(this.data, { recursive: true });
  }
}

const hurried = (config: string): string => config.replaceAll(/(group_wait|group_interval): \d+[sm]/g, '$1: 1s');
