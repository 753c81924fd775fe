import type { ListQuery } from './store.ts';

/** Ids in order. A new id mostly sorts last, so adding it is cheap. */
export class SortedIds {
  readonly #ids: string[];

  constructor(ids: Iterable<string> = []) {
    this.#ids = [...ids].sort();
  }

  add(id: string): void {
    const last = this.#ids.at(-1);
    if (last === undefined || last < id) this.#ids.push(id);
    else this.#ids.splice(this.#firstAtOrAfter(id), 0, id);
  }

  *walk({ prefix = '', from, to, newestFirst, after }: Omit<ListQuery, 'limit' | 'where'>): Generator<string> {
    let low = this.#firstAtOrAfter(prefix + (from ?? ''));
    let high = this.#firstAtOrAfter(to === undefined ? `${prefix}\uffff` : prefix + to);
    if (after !== undefined && newestFirst) high = Math.min(high, this.#firstAtOrAfter(after));
    if (after !== undefined && !newestFirst) low = Math.max(low, this.#firstAtOrAfter(`${after}\u0000`));
    if (newestFirst) for (let i = high - 1; i >= low; i--) yield this.#ids[i] as string;
    else for (let i = low; i < high; i++) yield this.#ids[i] as string;
  }

  #firstAtOrAfter(id: string): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ids[middle] as string) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

type Tag = readonly [name: string, value: string];

/** The ids of a tag that more documents share are not worth sorting: all ids are walked instead. */
const FEW = 1000;

export class TagIndex {
  readonly #tagsOf = new Map<string, Readonly<Record<string, string>>>();
  /** By name, then by value. */
  readonly #idsWith = new Map<string, Map<string, Set<string>>>();

  set(id: string, tags: Readonly<Record<string, string>>): void {
    const before = this.#tagsOf.get(id) ?? {};
    for (const name in before) if (tags[name] !== before[name]) this.#drop(id, name, before[name] as string);
    for (const name in tags) if (tags[name] !== before[name]) this.#add(id, name, tags[name] as string);
    this.#tagsOf.set(id, tags);
  }

  /** The ids of the rarest tag wanted, if it is rare. */
  few(wanted: readonly Tag[]): ReadonlySet<string> | undefined {
    const rarest = this.#rarest(wanted);
    return rarest && rarest.size <= FEW ? rarest : undefined;
  }

  count(wanted: readonly Tag[]): number {
    const rarest = this.#rarest(wanted);
    if (!rarest) return this.#tagsOf.size;
    return wanted.length === 1 ? rarest.size : [...rarest].filter((id) => this.matches(id, wanted)).length;
  }

  #rarest(wanted: readonly Tag[]): ReadonlySet<string> | undefined {
    const sets = wanted.map(([name, value]) => this.#idsWith.get(name)?.get(value) ?? new Set<string>());
    return sets.sort((a, b) => a.size - b.size)[0];
  }

  matches(id: string, wanted: readonly Tag[]): boolean {
    const tags = this.#tagsOf.get(id);
    return wanted.every(([name, value]) => tags?.[name] === value);
  }

  #add(id: string, name: string, value: string): void {
    let byValue = this.#idsWith.get(name);
    if (!byValue) this.#idsWith.set(name, (byValue = new Map()));
    const ids = byValue.get(value);
    if (ids) ids.add(id);
    else byValue.set(value, new Set([id]));
  }

  #drop(id: string, name: string, value: string): void {
    const byValue = this.#idsWith.get(name);
    const ids = byValue?.get(value);
    ids?.delete(id);
    if (ids?.size === 0) byValue?.delete(value);
  }
}
