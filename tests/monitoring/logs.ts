import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { freePort } from '../support/free-port.ts';
import { PROJECT } from '../support/project.ts';
import { until } from '../support/until.ts';

const SEARCH_LIMIT_MS = 60_000;
const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

export type Line = Record<string, string> & { _msg: string; service: string };

/** The collector and the VictoriaLogs of docker-compose.full.yml, and a folder in which lines stand as Docker keeps them. */
export class CentralLogs {
  private constructor(
    private readonly url: string,
    private readonly folder: string,
    private readonly children: readonly ChildProcess[],
  ) {}

  static async start(): Promise<CentralLogs> {
    const folder = mkdtempSync(join(tmpdir(), 'logs-'));
    for (const part of ['containers', 'collector']) mkdirSync(join(folder, part));
    const listen = `127.0.0.1:${await freePort()}`;
    const full = parse(textOf('docker-compose.full.yml'), { merge: true });
    const options: string[] = full.services['victoria-logs'].command;
    const own = options.map((option) => option.replace('=/tmp', `=${folder}`));
    const config = textOf('ops/logs/collector.yml')
      .replace('[/containers/', `[${folder}/containers/`)
      .replace('/var/lib/collector', `${folder}/collector`)
      .replace('victoria-logs:9428', listen);
    writeFileSync(join(folder, 'collector.yml'), config);
    const logs = new CentralLogs(`http://${listen}`, folder, [
      start('victoria-logs', ...own, `-httpListenAddr=${listen}`, '-loggerLevel=ERROR'),
      start('otelcol', `--config=${folder}/collector.yml`),
    ]);
    await until(async () => (await fetch(`${logs.url}/health`).catch(() => undefined))?.ok);
    return logs;
  }

  /** A line of a container, as Docker writes it to the container's file. */
  write(container: string, text: string, attrs: object = { 'com.docker.compose.service': container, tag: 'oms' }) {
    const file = join(this.folder, 'containers', container);
    mkdirSync(file, { recursive: true });
    const line = { log: text, stream: 'stdout', attrs, time: new Date().toISOString() };
    appendFileSync(join(file, `${container}-json.log`), `${JSON.stringify(line)}\n`);
  }

  async find(query: string): Promise<Line[]> {
    const answer = await fetch(`${this.url}/select/logsql/query`, {
      method: 'POST',
      body: new URLSearchParams({ query }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
  }

  /** Looks until the lines are complete. */
  async findUntil(query: string, isComplete: (lines: Line[]) => boolean): Promise<Line[]> {
    for (const end = performance.now() + SEARCH_LIMIT_MS; ; await pause(100)) {
      const found = await this.find(query);
      if (isComplete(found)) return found;
      if (performance.now() > end) throw new Error(`${query} finds only ${JSON.stringify(found)}`);
    }
  }

  async stop(): Promise<void> {
    for (const child of this.children) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    rmSync(this.folder, { recursive: true });
  }
}

function start(program: string, ...args: string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  // Whatever ends us: it does not stay behind.
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}
