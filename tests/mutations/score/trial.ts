import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Hits, Plan, Tried } from './plan.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const JEST = fileURLToPath(import.meta.resolve('jest/bin/jest'));
const LONGEST_START_MS = 60_000;

/** Runs Jest in separate processes, for one test file after the other. */
export class Trials {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mutations-'));
  readonly #config: string;
  #files = 0;

  constructor(
    private readonly root: string,
    jestConfig: object,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.#config = this.#write('jest.json', {
      ...jestConfig,
      ...{ rootDir: root, globalSetup: undefined, globalTeardown: undefined, coverageThreshold: undefined },
      ...{ testRunner: here('./runner.js'), transform: { '\\.ts$': here('./transform.js') }, reporters: [] },
    });
  }

  async hits(test: string): Promise<Hits> {
    const { lines, output } = await this.#run(test, { took: [] }, 600_000);
    if (!lines[0]) throw new Error(`${test} cannot be run: ${output}`);
    return lines[0] as Hits;
  }

  /** The result of each, as long as the process runs; it ends early when a mutant hangs. */
  async try(test: string, what: Omit<Plan, 'out'>, patienceMs: number): Promise<Tried[]> {
    const { lines } = await this.#run(test, what, patienceMs);
    return lines as Tried[];
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #run(test: string, what: Omit<Plan, 'out'>, patienceMs: number) {
    const out = this.#write('out', '');
    const args = [
      '--experimental-vm-modules',
      '--no-warnings',
      JEST,
      '--config',
      this.#config,
      '-i',
      '--runTestsByPath',
      test,
    ];
    const env = { ...this.env, MUTATION_PLAN: this.#write('plan.json', { ...what, out }) };
    const child = spawn(process.execPath, args, { cwd: this.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    let seen = '';
    let since = Date.now() + LONGEST_START_MS;
    const watch = setInterval(() => {
      const now = readFileSync(out, 'utf8');
      if (now !== seen) since = Date.now();
      seen = now;
      if (Date.now() - since > patienceMs) child.kill('SIGKILL');
    }, 500);
    await new Promise((resolve) => child.on('close', resolve));
    clearInterval(watch);
    const lines = readFileSync(out, 'utf8').split('\n').filter(Boolean);
    return { lines: lines.map((line) => JSON.parse(line) as unknown), output };
  }

  #write(name: string, what: unknown): string {
    const path = join(this.#folder, `${++this.#files}-${name}`);
    writeFileSync(path, typeof what === 'string' ? what : JSON.stringify(what));
    return path;
  }
}
