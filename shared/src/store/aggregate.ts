import type { Trace } from '../telemetry/trace.ts';
import type { World } from '../world.ts';
import type { Change, Docs, ListQuery, NewEvent, Page, Put, RequestKey, Store, Written } from './store.ts';

/** What follows from the data of a document: its key, its tags, and when there is work to do on it. */
interface Description<T> {
  key(data: T): string;
  tags?(data: T): Put<T>['tags'];
  dueAt?(data: T): number | undefined;
}

/** One kind of document that a service stores. The ids of all of them begin with the prefix. */
export class Kind<T> {
  constructor(
    private readonly prefix: string,
    private readonly describe: Description<T>,
  ) {}

  readonly id = (key: string): string => this.prefix + key;

  readonly put = (data: T): Put<T> => ({
    id: this.prefix + this.describe.key(data),
    data,
    tags: this.describe.tags?.(data),
    dueAt: this.describe.dueAt?.(data),
  });

  in(docs: Docs<unknown>, key: string): T | undefined {
    return docs.get(this.prefix + key)?.data as T | undefined;
  }

  async read(store: Pick<Store<unknown>, 'read'>, key: string): Promise<T | undefined> {
    return (await store.read(this.prefix + key))?.data as T | undefined;
  }

  list(store: Pick<Store<unknown>, 'list'>, query: Omit<ListQuery, 'prefix'>): Promise<Page<T>> {
    return store.list({ prefix: this.prefix, ...query }) as Promise<Page<T>>;
  }
}

/** What a decision needs: the documents and the time. */
export interface StoreAndClock<D> {
  store: Store<D>;
  world: Pick<World, 'now'>;
}

/** What a decision is made for: a request with its key, or background work; always with its trace. */
export interface By {
  traceId: string;
  request?: RequestKey | undefined;
  trace?: Trace | undefined;
}

/** An event of a decision. By default it happened now, to the first document named, in the trace of the decision. */
export type Happened = Pick<NewEvent, 'type' | 'data'> & Partial<NewEvent>;

export interface Decision<D, R = undefined> extends Omit<Change<D, R>, 'events'> {
  events?: readonly Happened[];
}

/** An order's events are complete. It has five of them: copying each would cost time. */
const isComplete = (event: Happened): event is NewEvent =>
  event.stream !== undefined && event.at !== undefined && event.traceId !== undefined;

/** Stores what `decider` decides about the documents named. The clock is read once, so that a decision has one time. */
export function decide<D, R = undefined>(
  { store, world }: StoreAndClock<D>,
  ids: readonly string[],
  { traceId, request, trace }: By,
  decider: (docs: Docs<D>, now: number) => Decision<D, R>,
): Promise<Written<R>> {
  const change = (docs: Docs<D>): Change<D, R> => {
    const at = world.now();
    const decision = decider(docs, at);
    const events = decision.events?.map((event) => {
      return isComplete(event) ? event : { stream: ids[0] as string, at, traceId, ...event };
    });
    return { ...decision, events };
  };
  return store.write<R>(ids, request, change, trace);
}
