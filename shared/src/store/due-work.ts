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
  /** Calls back when it is worth looking before it is time to. Returns what ends that. */
  onNews?: (look: () => void) => () => void;
  work: (id: string) => Promise<unknown>;
}

/** No document has to be worked on as often as this between two polls. */
const OFTEN = 3;

/**
 * Works on every document that is due. What is still to be done stands in the store, not here. One that cannot be worked on
 * is left alone for a while, and those behind it have their turn.
 */
export class DueWork {
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #quarantine = new Quarantine();
  /** How often the work of which went well since the last poll. */
  readonly #worked = new Map<string, number>();
  /** Whether more may be due than there was room for. */
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

  /** Begins nothing more, and waits for what is under way. */
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
      .catch((error) => log.error(`the store cannot be asked for ${what}`, { error }))
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
        // What everybody needs is missing: that is nothing against the document.
        if (error instanceof Unavailable) this.#behind = false;
        else this.#quarantine.add(id, this.#polls);
      },
    );
    this.#underWay.set(
      id,
      done.then(() => this.#end(id)),
    );
  }

  /** What is due again and again although its work went well would keep everybody busy with nothing. */
  #workedOn(id: string): void {
    const times = (this.#worked.get(id) ?? 0) + 1;
    this.#worked.set(id, times);
    this.#quarantine.release(id);
    if (times >= OFTEN) this.#quarantine.add(id, this.#polls);
  }

  /** Thousands may be due after an outage: the next are not left until it is time to look again. */
  #end(id: string): void {
    this.#underWay.delete(id);
    const isIdle = this.#underWay.size <= this.parts.atOnce / 2;
    if (this.#behind && isIdle && !this.#quarantine.isFull) this.#look();
  }
}
