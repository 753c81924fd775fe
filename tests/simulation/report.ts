import type { Result } from './schedule.ts';

/** A finished schedule with its result. */
export interface Judged {
  seed: number;
  faults: Result['faults'];
  sights: Result['sights'];
  violated: boolean;
  lines: readonly string[];
}

/** All that is needed to understand and repeat a violation. */
export function* failureReport(seed: number, { violations, customers, faults, trace, hash }: Result): Iterable<string> {
  const ids = faults.map(({ id }) => id).join(',');
  yield `\nVIOLATION in schedule ${seed}, with ${customers.length} customers and ${faults.length} faults (trace ${hash})`;
  yield* readable(trace).map((line) => `  ${line}`);
  for (const { rule, id, detail } of violations) yield `VIOLATION ${rule}: ${id}: ${detail}`;
  yield `again: npm run simulate -- --schedules 1 --seed ${seed} --customers ${customers.join(',')} --faults ${ids || 'none'} --trace\n`;
}

const LONGEST_LINE = 230;
const ORDER_ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/g;

/** Replaces ids by numbers, in the order of their appearance. */
export function readable(trace: readonly string[]): string[] {
  const names = new Map<string, string>();
  const nameOf = (id: string): string => {
    const known = names.get(id) ?? `#${names.size + 1}`;
    names.set(id, known);
    return known;
  };
  return trace.map((line) => {
    const short = line.replaceAll(ORDER_ID, nameOf);
    // The fault of a message is at the end of its line.
    const fault = short.indexOf(' ***');
    if (short.length <= LONGEST_LINE || fault < LONGEST_LINE) return short.slice(0, LONGEST_LINE);
    return `${short.slice(0, LONGEST_LINE)} …${short.slice(fault)}`;
  });
}

/** How often each kind of fault happened. */
export class Tally {
  schedules = 0;
  violations = 0;
  readonly #counts = new Map<string, number>();
  readonly #sights = new Map<string, number>();

  constructor(kinds: readonly string[]) {
    for (const kind of kinds) this.#counts.set(kind, 0);
  }

  add({ faults, violated, sights }: Judged): void {
    for (const [sight, count] of sights) this.#sights.set(sight, (this.#sights.get(sight) ?? 0) + count);
    this.schedules++;
    if (violated) this.violations++;
    for (const { kind } of faults) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** The deep effects of the faults. */
  seen(): string {
    return `seen: ${[...this.#sights].map(([sight, count]) => `${count} ${sight}`).join(', ')}`;
  }

  injected(): string {
    return `injected: ${[...this.#counts].map(([kind, count]) => `${count} ${kind}`).join(', ')}`;
  }

  summary(): string {
    const faults = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    return `${told(this.schedules)} schedules, ${told(faults)} faults injected, ${told(this.violations)} violations`;
  }
}

const told = (count: number): string => count.toLocaleString('en-GB');
