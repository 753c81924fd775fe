import { Unavailable } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { World } from '../world.ts';
import { Quarantine } from './quarantine.ts';

interface Parts {
  /** Ids of documents whose time has come, the longest overdue first. */
  due: (nowMs: number, limit: number) => Promise<readonly string[]>;
  world: Pick<World, 'now'>;
  log: Logger;
  /** What the documents are, in log lines. */
  what: string;
  /** How many are worked on at once. */
  atOnce: number;
  pollMs?: number | undefined;
  /** Calls back when it is worth looking before the next poll. Returns a function that ends this. */
  onNews?: (look: () => void) => () => void;
  work: (id: string) => Promise<unknown>;
}

/** No document needs to be worked on this often between two polls. */
const OFTEN = 3;

/**
 * Works on every document that is due. The store knows what is left to do, not this queue. If the work on a document
 * fails, that document is left alone for a while, so that those behind it have their turn.
 */
export class DueWork {
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #quarantine = new Quarantine();
  /** How often the work on a document succeeded since the last poll. */
  readonly #worked = new Map<string, number>();
  /** True: more documents may be due than there was room for. */
  #behind = false;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #polling: NodeJS.Timeout | undefined;
  #polls = 0;
  #stopListening = () => {};
  #stopped = false;

  constructor(private readonly parts: Parts) {}

  start(): void {
    const { onNews, pollMs = 1_000 } = this.parts;
    this.#stopListening = onNews?.(() => this.#look()) ?? this.#stopListening;
    this.#polling = setInterval(() => this.#poll(), pollMs);
    this.#look();
  }

  /** Begins no more work, and waits for the work under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    clearInterval(this.#polling);
    await this.#looking;
    await Promise.all(this.#underWay.values());
  }

  #poll(): void {
    this.#polls += 1;
    this.#worked.clear();
    this.#look();
  }

  #look(): void {
    this.#lookAgain = this.#looking !== undefined;
    if (this.#lookAgain || this.#stopped) return;
    const { log, what } = this.parts;
    this.#looking = this.#beginDue()
      .catch((error) => log.error(`${what} could not be looked for`, { error }))
      .then(() => {
        this.#looking = undefined;
        if (this.#lookAgain) this.#look();
      });
  }

  async #beginDue(): Promise<void> {
    const { due, world, atOnce } = this.parts;
    const room = atOnce - this.#underWay.size;
    if (room <= 0) return;
    const polls = this.#polls;
    this.#quarantine.releaseForgotten(polls);
    const ids = new Set(await due(world.now(), room + this.#underWay.size + this.#quarantine.size));
    const free = [...ids].filter((id) => !this.#underWay.has(id) && !this.#quarantine.holds(id, polls));
    const chosen = free.slice(0, room);
    this.#behind = chosen.length === room;
    if (!this.#stopped) for (const id of chosen) this.#begin(id);
  }

  #begin(id: string): void {
    const { work, log, what } = this.parts;
    const done = work(id).then(
      () => this.#workedOn(id),
      (error) => {
        log.error(`one of the ${what} could not be handled`, { document: id, error });
        // Something that all work needs is missing: that is not the fault of this document.
        if (error instanceof Unavailable) this.#behind = false;
        else this.#quarantine.add(id, this.#polls);
      },
    );
    this.#underWay.set(
      id,
      done.then(() => this.#end(id)),
    );
  }

  /** A document that is due again and again although its work succeeds would take the turn of all others. */
  #workedOn(id: string): void {
    const times = (this.#worked.get(id) ?? 0) + 1;
    this.#worked.set(id, times);
    this.#quarantine.release(id);
    if (times >= OFTEN) this.#quarantine.add(id, this.#polls);
  }

  /** Thousands may be due after an outage: the next ones do not wait for the next poll. */
  #end(id: string): void {
    this.#underWay.delete(id);
    const isIdle = this.#underWay.size <= this.parts.atOnce / 2;
    if (this.#behind && isIdle && !this.#quarantine.isFull) this.#look();
  }
}
