import type { Hits } from './plan.ts';

/** When each mutant is reached: while modules are loaded, by a test, outside of tests, or several of these. */
export class Reached {
  readonly #loading = new Set<string>();
  readonly #between = new Set<string>();
  #by: Set<string>[] = [];
  #now = this.#loading;

  add(id: string): void {
    this.#now.add(id);
  }

  loaded(tests: number): void {
    this.#by = Array.from({ length: tests }, () => new Set());
    this.end();
  }

  begin(test: number): void {
    this.#now = this.#by[test] as Set<string>;
  }

  end(): void {
    this.#now = this.#between;
  }

  get all(): Pick<Hits, 'loading' | 'between' | 'reached'> {
    return { loading: [...this.#loading], between: [...this.#between], reached: this.#by.map((ids) => [...ids]) };
  }
}
