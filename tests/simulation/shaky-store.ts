import { Unavailable } from '@oms/shared/errors';
import type { MemoryStore } from '@oms/shared/store/memory';
import type { Change, Docs, EventQuery, ListQuery, News, RequestKey, Store, Written } from '@oms/shared/store/store';
import type { Trace } from '@oms/shared/telemetry/trace';
import { Chance } from '../crash/chance.ts';
import type { Process } from './process.ts';
import type { Universe } from './universe.ts';

const SLOW_MS = [1_000, 9_000] as const;

/** The connection of one process to a store that survives it: calls take time, and may fail like those to a database. */
export class ShakyStore<D> implements Store<D> {
  readonly bookmarks: Store<D>['bookmarks'];
  readonly #chance: Chance;

  constructor(
    private readonly kept: MemoryStore<D>,
    private readonly process: Process,
    private readonly universe: Universe,
  ) {
    this.bookmarks = kept.bookmarks;
    this.#chance = new Chance(process.chance.between(0, 1_000_000), 'store');
  }

  write<R = undefined>(
    ids: readonly string[],
    request: RequestKey | undefined,
    change: (docs: Docs<D>) => Change<D, R>,
    trace?: Trace,
  ): Promise<Written<R>> {
    const { universe, process, kept } = this;
    const id = universe.next(`store:${process.name}`);
    const fault = universe.faults.at('store', id);
    if (fault) {
      universe.faults.strike(fault);
      universe.trace.add(process.name, `*** ${fault.kind} (${id})`);
    }
    const slowMs = fault?.kind === 'store is slow' ? fault.chance.between(...SLOW_MS) : 0;
    return this.#ask(async () => {
      if (fault?.kind === 'store fails, nothing written') throw unreachable();
      const written = await kept.write<R>(ids, request, (docs) => this.#told(ids, change(docs)), trace);
      if (fault?.kind === 'store fails, but it is written') throw unreachable();
      return written;
    }, slowMs);
  }

  read = (id: string) => this.#ask(() => this.kept.read(id));
  list = (query: ListQuery) => this.#ask(() => this.kept.list(query));
  count = (where: Readonly<Record<string, string>>) => this.#ask(() => this.kept.count(where));
  due = (nowMs: number, limit: number) => this.#ask(() => this.kept.due(nowMs, limit));
  events = (query: EventQuery) => this.#ask(() => this.kept.events(query));
  lastPosition = () => this.#ask(() => this.kept.lastPosition());
  hasRoom = () => this.kept.hasRoom();
  ping = () => this.#ask(() => this.kept.ping());

  onEvents(listener: (news: News) => void): () => void {
    return this.kept.onEvents((news) => void this.universe.clock.in(1, () => this.process.enter(() => listener(news))));
  }

  async close(): Promise<void> {}

  /** A round trip. A crash of the process comes before the call or after it, never in the middle. */
  #ask<T>(carryOut: () => Promise<T>, slowMs?: number): Promise<T> {
    const { universe, process } = this;
    const { clock } = universe;
    return new Promise((resolve, reject) => {
      const done = slowMs === undefined ? () => {} : universe.moment(process, 'write');
      if (!done) return;
      // A call without a delay needs no timer.
      const after = (ms: number, act: () => void) =>
        ms === 0 ? process.enter(act) : void clock.in(ms, () => process.enter(act));
      const back = (settle: () => void) => after(this.#chance.between(0, 2), settle);
      after(this.#chance.between(0, 2) + (slowMs ?? 0), () => {
        carryOut().then(
          (value) => back(() => resolve(value)),
          (error) => back(() => reject(error)),
        );
        done();
      });
    });
  }

  /** Effects that the faults should have. */
  #look(type: string, { reason = '' }: { reason?: string }): void {
    if (type === 'saga.resumed') this.universe.see('orders taken over from another runner');
    if (type === 'saga.undo-failed' && reason.includes('breaker')) this.universe.see('undos before an open breaker');
    if (type === 'saga.undoing') this.universe.see('sagas undone');
  }

  #told<R>(ids: readonly string[], change: Change<D, R>): Change<D, R> {
    const { put = [], events = [], answer, settle } = change;
    if (put.length + events.length > 0 || answer || settle) {
      const types = events.map(({ type, data }) => {
        const { newStatus, step } = data as { newStatus?: string; step?: string };
        return [type, newStatus, step].filter(Boolean).join(' ');
      });
      for (const { type, data } of events) this.#look(type, data as { reason?: string });
      const said = answer ?? settle?.answer;
      this.universe.trace.add(
        this.process.name,
        `writes ${ids.join(', ')}: ${types.join(', ')}${said ? `, answer ${said.status}` : ''}`,
      );
    }
    return change;
  }
}

const unreachable = () => new Unavailable('SERVICE_UNAVAILABLE', 'The database cannot be reached at the moment.');
