import { Chance } from '../crash/chance.ts';
import { VirtualClock } from './clock.ts';
import { Faults } from './faults.ts';
import type { App } from './inject.ts';
import { Process } from './process.ts';
import { Trace } from './trace.ts';

/** A host of a service, with one process after the other. */
export interface Host {
  name: string;
  origin: string;
  boot(process: Process): Promise<App>;
  process?: Process | undefined;
  /** Absent until the process is ready. */
  app?: App | undefined;
  lives: number;
}

export interface Wanted {
  seed: number;
  /** Only these faults happen; absent: all that the seed gives. */
  faults?: ReadonlySet<string> | undefined;
  keepsTrace: boolean;
}

/** Longer than a lease and every timeout. */
const FROZEN_MS = [10_500, 45_000] as const;
/** From shorter than a lease to much longer. */
const LEAST_JUMP_MS = 1_000;
const JUMP_MS = 20_000;
const LONG_JUMP_MS = 5 * 60_000;
const SOON_MS = [50, 3_000] as const;
const LATE_MS = [11_000, 40_000] as const;

/** The clock, the processes and their faults. */
export class Universe {
  readonly clock = new VirtualClock();
  readonly faults: Faults;
  readonly trace: Trace;
  readonly hosts: Host[] = [];
  /** Logged errors that no fault explains. */
  readonly complaints: { id: string; detail: string }[] = [];
  /** How often each effect of the faults was seen. */
  readonly sights = new Map<string, number>();
  readonly #seed: number;
  readonly #counts = new Map<string, number>();

  constructor({ seed, faults, keepsTrace }: Wanted) {
    this.#seed = seed;
    this.faults = new Faults(seed, faults);
    this.trace = new Trace(this.clock, keepsTrace);
  }

  /** The next name of its kind, numbered from 1. */
  next(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${kind}:${count}`;
  }

  see(what: string): void {
    this.sights.set(what, (this.sights.get(what) ?? 0) + 1);
  }

  newProcess(name: string, life = 1): Process {
    return new Process(name, this.clock, new Chance(this.#seed, `${name} ${life}`));
  }

  start(host: Host): void {
    const process = this.newProcess(host.name, ++host.lives);
    host.process = process;
    process.enter(() => {
      host.boot(process).then(
        (app) => {
          if (host.process === process) host.app = app;
        },
        (error: Error) => {
          this.trace.add(host.name, `does not start: ${error.message}`);
          this.#crash(host, process, 500);
        },
      );
    });
  }

  /**
   * A moment at which a process may fail, just before it writes or sends. Returns the function to call right after; undefined
   * when the process died before.
   */
  moment(process: Process, what: 'write' | 'send'): (() => void) | undefined {
    const host = this.hosts.find((one) => one.process === process);
    const fault = host && this.faults.at('moment', this.next(`${what}:${host.name}`));
    if (!host || !fault) return () => {};
    const { kind, chance, id } = fault;
    this.faults.strike(fault);
    this.trace.add(host.name, `*** ${kind} (${id})`);
    const outMs = chance.in(0.5) ? chance.between(...SOON_MS) : chance.between(...LATE_MS);
    const jump = () => chance.between(LEAST_JUMP_MS, chance.in(0.5) ? JUMP_MS : LONG_JUMP_MS);
    switch (kind) {
      case 'crash before':
        this.#crash(host, process, outMs);
        return undefined;
      case 'crash after':
        return () => this.#crash(host, process, outMs);
      case 'freeze':
        process.freeze();
        this.clock.in(chance.between(...FROZEN_MS), () => this.#wake(process));
        return () => {};
      case 'clock jumps ahead':
        process.skewMs += jump();
        return () => {};
      case 'clock jumps back':
        process.skewMs -= jump();
        return () => {};
    }
  }

  /** Kills a process at this moment. */
  kill(process: Process, outMs: number): void {
    const host = this.hosts.find((one) => one.process === process);
    if (host) this.#crash(host, process, outMs);
  }

  /** Ends all faults. */
  heal(): void {
    this.trace.add('', '*** everything is whole again');
    this.faults.healed = true;
    for (const host of this.hosts) {
      if (!host.process) this.start(host);
      else this.#wake(host.process);
      if (host.process) host.process.skewMs = 0;
    }
  }

  #wake(process: Process): void {
    if (!process.isFrozen) return;
    this.trace.add(process.name, 'wakes');
    process.wake();
  }

  #crash(host: Host, process: Process, outMs: number): void {
    if (host.process !== process) return;
    this.trace.add(host.name, 'is dead');
    host.process = undefined;
    host.app = undefined;
    process.die();
    this.clock.in(outMs, () => {
      if (host.process) return;
      this.trace.add(host.name, 'starts again');
      this.start(host);
    });
  }
}
