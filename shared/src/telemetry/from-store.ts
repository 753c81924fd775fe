import { Gauge, type Registry } from 'prom-client';
import { within } from '../within.ts';

interface Described<L extends string> {
  name: string;
  help: string;
  labelNames?: readonly L[];
}
interface Sample<L extends string> {
  labels?: Record<L, string>;
  value: number;
}

/** Much shorter than the timeout of a scrape. */
const LIMIT_MS = 2_000;

/**
 * A gauge that is read from the store at every scrape, so that it is right on every replica. While the store does not answer,
 * the gauge is left out; the other metrics are still shown, since they are needed most then.
 */
export function gaugeFromStore<L extends string>(
  { registry }: { registry: Registry },
  described: Described<L>,
  look: () => Promise<readonly Sample<L>[]>,
): void {
  new Gauge<L>({
    ...described,
    registers: [registry],
    async collect() {
      const samples = await inTime(look()).catch(() => []);
      this.reset();
      // A gauge without labels would show 0.
      this.remove({} as Record<L, string>);
      for (const { labels, value } of samples) this.set((labels ?? {}) as Record<L, string>, value);
    },
  });
}

/** Rejects when the store answers too late for the scrape. */
export const inTime = <T>(answer: Promise<T>): Promise<T> => within(LIMIT_MS, answer);
