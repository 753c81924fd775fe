import type { ServiceParts } from '../service/parts.ts';

/** A reader that shows no sign of life for so long is replaced by the reader of another replica. */
const LEASE_MS = 10_000;
/** How often a replica that stands by checks whether it is needed. */
const STAND_BY_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export type ReaderParts = Pick<ServiceParts<unknown>, 'store' | 'world' | 'log'>;

/**
 * Reads the events after a place and handles them. Resolves to the place after them, or to the same place when there were
 * none. May wait for events until the signal aborts.
 */
export type Step = (place: string, signal: AbortSignal) => Promise<string>;

/**
 * Reads from its bookmark on, for as long as it holds the bookmark: one of several replicas reads, the others stand by. A step
 * that fails is tried again after a growing pause, without end, by whichever replica comes first.
 */
export class BookmarkedReader {
  readonly #holder: string;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #pauseMs = 0;
  #place = '';
  #kept: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly name: string,
    private readonly step: Step,
    private readonly parts: ReaderParts,
  ) {
    const { world } = parts;
    this.#holder = world.newId(world.now());
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Reads what can be read without waiting, then releases the bookmark to another replica. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { store, world } = this.parts;
    while (!this.#stopping.signal.aborted) {
      try {
        const now = world.now();
        const place = await store.bookmarks.take(this.name, this.#holder, now, now + LEASE_MS);
        if (place !== undefined) await this.#hold(place);
        else await this.#standBy();
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  async #hold(place: string): Promise<void> {
    this.#place = place;
    const over = new AbortController();
    const end = () => over.abort();
    this.#stopping.signal.addEventListener('abort', end);
    if (this.#stopping.signal.aborted) end();
    const renewal = setInterval(() => {
      this.#keep(LEASE_MS).then((held) => held || end(), ignore);
    }, LEASE_MS / 3).unref();
    try {
      await this.#read(over.signal);
    } finally {
      clearInterval(renewal);
      this.#stopping.signal.removeEventListener('abort', end);
      await this.#keep(0).catch(ignore);
    }
  }

  /** Reads until another replica holds the bookmark or, when it has to stop, until no event is left. */
  async #read(over: AbortSignal): Promise<void> {
    for (;;) {
      const next = await this.step(this.#place, over);
      this.#calm('reading events goes on');
      if (next === this.#place) {
        if (over.aborted) return;
        continue;
      }
      this.#place = next;
      if (!(await this.#keep(LEASE_MS))) return;
    }
  }

  /** One write after the other, so that none restores an older place. */
  #keep(leaseMs: number): Promise<boolean> {
    const { store, world } = this.parts;
    const keep = () => store.bookmarks.move(this.name, this.#holder, this.#place, world.now() + leaseMs);
    const kept = this.#kept.then(keep, keep);
    this.#kept = kept;
    return kept;
  }

  async #standBy(): Promise<void> {
    this.#calm('reading events is left to another replica');
    await this.#pause(STAND_BY_MS);
  }

  /** The bookmark is free meanwhile: another replica may succeed. */
  async #recover(error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (this.#pauseMs === 0) this.parts.log.warn('reading events is interrupted', { reader: this.name, error });
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    await this.#pause(this.#pauseMs);
  }

  #calm(message: string): void {
    if (this.#pauseMs > 0) this.parts.log.info(message, { reader: this.name });
    this.#pauseMs = 0;
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    });
  }
}

/** If the trouble lasts, the next use of the bookmark fails too. */
const ignore = (): void => {};
