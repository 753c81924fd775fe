import type { Bookmarks } from './store.ts';

export class MemoryBookmarks implements Bookmarks {
  readonly last = false;
  readonly #marks = new Map<string, { holder: string; place: string; untilMs: number }>();

  async take(name: string, holder: string, nowMs: number, untilMs: number): Promise<string | undefined> {
    const mark = this.#marks.get(name);
    if (mark && mark.holder !== holder && mark.untilMs > nowMs) return undefined;
    const place = mark?.place ?? '';
    this.#marks.set(name, { holder, place, untilMs });
    return place;
  }

  async move(name: string, holder: string, place: string, untilMs: number): Promise<boolean> {
    if (this.#marks.get(name)?.holder !== holder) return false;
    this.#marks.set(name, { holder, place, untilMs });
    return true;
  }

  async look(name: string): Promise<string> {
    return this.#marks.get(name)?.place ?? '';
  }
}
