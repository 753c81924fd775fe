import { AsyncLocalStorage } from 'node:async_hooks';
import { firstIdAt, type World } from '@oms/shared/world';
import type { Chance } from '../crash/chance.ts';
import type { VirtualClock } from './clock.ts';

const inhabited = new AsyncLocalStorage<Process>();

/** The simulated process that the running code belongs to. */
export function thisProcess(): Process {
  const process = inhabited.getStore();
  if (!process) throw new Error('time or chance was asked for outside of every simulated process');
  return process;
}

/** A simulated process: it handles what arrives immediately, after a freeze, or never. */
export class Process {
  /** The error of its clock. */
  skewMs = 0;
  readonly #ends = new Set<() => void>();
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #held: (() => void)[] = [];

  constructor(
    readonly name: string,
    readonly clock: VirtualClock,
    readonly chance: Chance,
  ) {}

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen';
  }

  get now(): number {
    return this.clock.now + this.skewMs;
  }

  readonly world: World = {
    now: () => this.now,
    random: () => this.chance.next(),
    newId: (nowMs) => `${firstIdAt(nowMs)}-7${this.#hex(3)}-8${this.#hex(3)}-${this.#hex(12)}`,
  };

  enter(run: () => void): void {
    if (this.#state === 'running') inhabited.run(this, run);
    else if (this.#state === 'frozen') this.#held.push(run);
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  wake(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    const held = this.#held;
    this.#held = [];
    for (const run of held) this.clock.in(0, () => this.enter(run));
  }

  die(): void {
    this.#state = 'dead';
    this.#held = [];
    for (const end of this.#ends) end();
  }

  /** Registers a callback for the death of the process; returns a function that removes it. */
  onDeath(end: () => void): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  #hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += Math.floor(this.chance.next() * 16).toString(16);
    return text;
  }
}
