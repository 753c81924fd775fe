import { setTimeout as pause } from 'node:timers/promises';
import type { System } from './system.ts';

const EVERY_MS = 250;

/** What /readyz of all services says, all the time. */
export class Lamp {
  /** When it was asked, in ms, and whether all, some or none said that they are ready. */
  readonly #seen: { at: number; said: 'all' | 'some' | 'none' }[] = [];

  constructor(private readonly system: System) {}

  async run(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const said = await this.system.ready();
      const ready = said.filter(Boolean).length;
      this.#seen.push({ at: performance.now(), said: ready === said.length ? 'all' : ready === 0 ? 'none' : 'some' });
      await pause(EVERY_MS);
    }
  }

  get now(): 'all' | 'some' | 'none' | undefined {
    return this.#seen.at(-1)?.said;
  }

  /** When no service said that it is ready, after this time: first and last, in s after it. */
  dark(from: number): { since: number; until: number } | undefined {
    const none = this.#seen.filter(({ at, said }) => at > from && said === 'none').map(({ at }) => (at - from) / 1_000);
    return none.length === 0 ? undefined : { since: none[0] as number, until: none.at(-1) as number };
  }

  /** Whether any service said that it is ready, between these times. */
  litBetween(from: number, to: number): boolean {
    return this.#seen.some(({ at, said }) => at > from && at < to && said !== 'none');
  }
}
