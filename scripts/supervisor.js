import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Complaint } from './complaint.js';
import { labels, passLines } from './log-lines.js';
import { ROOT } from './root.js';

const READY_LIMIT_MS = 60_000;
const PROBE_LIMIT_MS = 1_000;
const PROBE_PAUSE_MS = 50;
const STOP_LIMIT_MS = 8_500;
/** How long those that stop earlier may keep the others waiting. */
const EARLIER_STOP_LIMIT_MS = 5_500;

/** So that all of them together fit on a small machine: garbage is collected before it grows. */
const FRUGAL = ['--max-semi-space-size=4'];

/** Runs each service as a process of its own. A process that loses its supervisor stops by itself. */
export class Supervisor {
  #children = new Map();
  #labels;
  #stopping = false;
  /** Whether a service ended that was not told to, or had to be killed. */
  failed = false;

  constructor(services, environmentOf, render, onAllEnded) {
    this.services = services;
    this.environmentOf = environmentOf;
    this.render = render;
    this.onAllEnded = onAllEnded;
    this.#labels = labels(['start', ...services.map(({ name }) => name)]);
  }

  say(line) {
    console.log(`${this.#labels.get('start')}${line}`);
  }

  /** Something the services need is gone. */
  lost(line) {
    this.failed = true;
    this.say(line);
  }

  /** Starts them all at once and waits until each answers that it is ready. */
  async start(services = this.services) {
    await Promise.all(services.map((service) => this.#untilReady(service, this.#launch(service))));
  }

  pidOf(name) {
    return this.#children.get(name)?.child.pid;
  }

  async restart(services) {
    await Promise.all(services.map(({ name }) => this.#end(name)));
    if (!this.#stopping) await this.start(services);
  }

  async stop() {
    this.#stopping = true;
    const limit = setTimeout(() => this.kill(`not stopped within ${STOP_LIMIT_MS} ms`), STOP_LIMIT_MS);
    const waiting = new AbortController();
    const longEnough = pause(EARLIER_STOP_LIMIT_MS, undefined, { signal: waiting.signal }).catch(() => {});
    for (const turn of [1, 2]) {
      const these = this.services.filter(({ stopTurn }) => stopTurn === turn);
      await Promise.race([Promise.all(these.map(({ name }) => this.#end(name))), longEnough]);
    }
    waiting.abort();
    await Promise.all([...this.#children.keys()].map((name) => this.#end(name)));
    clearTimeout(limit);
  }

  kill(reason) {
    this.#stopping = true;
    for (const [name, { child }] of this.#children) {
      this.failed = true;
      this.say(`${name} is killed: ${reason}`);
      child.kill('SIGKILL');
    }
  }

  #launch(service) {
    const { name } = service;
    const child = fork(join(ROOT, 'services', name, 'dist/main.js'), {
      cwd: ROOT,
      env: this.environmentOf(service),
      execArgv: FRUGAL,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    passLines(child.stdout, process.stdout, this.#labels.get(name), this.render);
    passLines(child.stderr, process.stderr, this.#labels.get(name), this.render);
    const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`)));
    const running = { child, ended, ready: false, told: false };
    this.#children.set(name, running);
    ended.then((how) => this.#onEnded(name, running, how));
    return running;
  }

  #onEnded(name, running, how) {
    if (this.#children.get(name) === running) this.#children.delete(name);
    if (running.told || !running.ready || this.#stopping) return;
    this.failed = true;
    const others = [...this.#children.keys()].join(', ');
    this.say(`${name} has ended unexpectedly (${how})${others ? `; still running: ${others}` : ''}`);
    if (!others) this.onAllEnded();
  }

  async #untilReady({ name, url }, running) {
    const late = AbortSignal.timeout(READY_LIMIT_MS);
    let over;
    const ended = running.ended.then((how) => (over = how));
    await Promise.race([new Promise((resolve) => running.child.once('message', resolve)), ended, aborted(late)]);
    while (!over && !late.aborted) {
      running.ready = await answersReady(url);
      if (running.ready) return;
      await pause(PROBE_PAUSE_MS);
    }
    if (this.#stopping) return;
    throw new Complaint(
      over ? `${name} could not be started (${over}, see above).` : `${name} does not get ready at ${url}.`,
    );
  }

  #end(name) {
    const running = this.#children.get(name);
    if (!running) return undefined;
    running.told = true;
    // A channel that is closed already has told it.
    running.child.send('stop', () => {});
    return running.ended;
  }
}

const aborted = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));

async function answersReady(url) {
  try {
    const { ok } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_LIMIT_MS) });
    return ok;
  } catch {
    return false;
  }
}
