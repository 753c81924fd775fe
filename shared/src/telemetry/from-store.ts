import { Gauge, type Registry } from 'prom-client';

interface Described<L extends string> {
  name: string;
  help: string;
  labelNames?: readonly L[];
}
interface Sample<L extends string> {
  labels?: Record<L, string>;
  value: number;
}

/** Well within the time that Prometheus waits for all metrics together. */
const LIMIT_MS = 2_000;

/**
 * A gauge that is looked up in the store at every scrape, so that it is right on every replica. While the store does not
 * answer nothing is known, and nothing is shown; the other metrics come all the same, since then they are needed most.
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

/** What the store is asked for a scrape; it fails when the answer would come too late. */
export async function inTime<T>(promised: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  return Promise.race([promised, late]).finally(() => clearTimeout(timer));
}
