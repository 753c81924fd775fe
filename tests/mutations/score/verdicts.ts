import type { Mutant } from './mutants.ts';
import type { Hits, Plan } from './plan.ts';
import type { Trials } from './trial.ts';

export type Verdict = Mutant & {
  fate: 'killed' | 'survived' | 'hung' | 'not reached' | 'equivalent';
  killer?: string | undefined;
};

/** The verdict on every mutant. */
export class Verdicts {
  readonly all = new Map<string, Verdict>();

  /** Most of the time is spent waiting for timeouts. */
  constructor(private readonly atOnce: number) {}

  equivalent(mutant: Mutant): void {
    this.all.set(mutant.id, { ...mutant, fate: 'equivalent' });
  }

  /** Runs every test that reaches them, until one fails. */
  async find(mutants: readonly Mutant[], tests: readonly string[], trials: Trials): Promise<void> {
    for (const mutant of mutants) this.all.set(mutant.id, { ...mutant, fate: 'not reached' });
    const ids = new Set(mutants.map(({ id }) => id));
    const reached: { test: string; hits: Hits; ms: number }[] = [];
    for (const test of tests) {
      const hits = await trials.hits(test);
      if (hits.broken !== undefined) {
        progress(`LEFT OUT: ${test} fails without any mutant: ${hits.broken}`);
        continue;
      }
      const ms = hits.took.reduce((sum, took) => sum + took, 0);
      progress(`${test} ${Math.round(ms)} ms${hits.isRepeatable ? '' : ', once a process'}`);
      reached.push({ test, hits, ms });
    }
    reached.sort((a, b) => Number(b.hits.isRepeatable) - Number(a.hits.isRepeatable) || a.ms - b.ms);
    for (const { test, hits } of reached) await this.#tryWith(test, hits, ids, trials);
    // Mutants that are reached while modules are loaded need a process each.
    for (const { test, hits } of reached) {
      const loading = hits.isRepeatable ? hits.loading : reachedBy(hits);
      const alone = loading.filter((id) => ids.has(id) && !this.#isOver(id));
      const next = async () => {
        for (let id = alone.pop(); id !== undefined; id = alone.pop()) await this.#tryAlone(test, hits, id, trials);
      };
      if (alone.length > 0) progress(`${test}: ${alone.length} one by one`);
      await Promise.all(Array.from({ length: this.atOnce }, next));
    }
  }

  async #tryWith(test: string, hits: Hits, ids: ReadonlySet<string>, trials: Trials): Promise<void> {
    if (!hits.isRepeatable) return;
    const between = new Set(hits.between);
    const byTest = hits.reached.map((of) => new Set(of));
    const reached = new Set([...hits.between, ...hits.reached.flat()]);
    const here = [...reached].filter((id) => ids.has(id) && !this.#isOver(id));
    const began = Date.now();
    const wanted = here.map((id) => ({
      id,
      tests: [...byTest.keys()].filter((i) => between.has(id) || byTest[i]?.has(id)),
    }));
    const parts = Array.from({ length: this.atOnce }, (_, part) => wanted.filter((_, i) => i % this.atOnce === part));
    await Promise.all(parts.map((part) => this.#tryAll(test, hits, part, trials)));
    if (here.length > 0) progress(`${test}: ${here.length} tried in ${Math.round((Date.now() - began) / 1000)} s`);
  }

  async #tryAll(test: string, hits: Hits, mutants: NonNullable<Plan['mutants']>, trials: Trials): Promise<void> {
    let left = mutants;
    while (left.length > 0) {
      const tried = await trials.try(test, { mutants: left, took: hits.took }, longestOf(hits));
      for (const { id, killer, isSound } of tried) {
        if (isSound) this.#set(id, killer === undefined ? 'survived' : 'killed', killer && `${test}: ${killer}`);
        else await this.#tryAlone(test, hits, id, trials);
      }
      const [next] = left.slice(tried.length);
      left = left.slice(tried.length);
      if (tried.at(-1)?.isSound === false || !next) continue;
      this.#set(next.id, 'hung', test);
      left = left.slice(1);
    }
  }

  async #tryAlone(test: string, hits: Hits, id: string, trials: Trials): Promise<void> {
    const [tried] = await trials.try(test, { loaded: id, took: hits.took }, longestOf(hits));
    if (!tried) this.#set(id, 'hung', test);
    else this.#set(id, tried.killer === undefined ? 'survived' : 'killed', tried.killer && `${test}: ${tried.killer}`);
  }

  #isOver(id: string): boolean {
    const fate = this.all.get(id)?.fate;
    return fate === 'killed' || fate === 'hung';
  }

  #set(id: string, fate: Verdict['fate'], killer: string | undefined): void {
    this.all.set(id, { ...(this.all.get(id) as Verdict), fate, killer });
  }
}

const longestOf = ({ took }: Hits): number => took.reduce((sum, ms) => sum + ms, 0) * 10 + 10_000;
const reachedBy = ({ loading, between, reached }: Hits): string[] => [...loading, ...between, ...reached.flat()];
const progress = (line: string) => process.stderr.write(`${line}\n`);
