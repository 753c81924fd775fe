import type { Outcome } from '@oms/shared/resilience/outcome';
import type { Facts } from '../src/domain/events.ts';
import type { Order } from '../src/domain/order.ts';
import type { CallOptions, Participants } from '../src/sagas/participants.ts';

/** One call of a participant, as its script sees it. */
export interface Call {
  orderId: string;
  /** The step's name, with `undo-` before it when it is taken back. */
  name: string;
  key: string;
  /** How often this was called before. */
  turn: number;
  how: CallOptions;
  /** Does what was asked, as the real participant would: once per key, and never after it was taken back. */
  carryOut(): Outcome<Facts>;
}
export type Behaviour = (call: Call) => Outcome<Facts> | Promise<Outcome<Facts>>;

export const done: Behaviour = (call) => call.carryOut();
export const refused: Behaviour = () => refusal('NOT_TODAY');
/** The request never arrives. */
export const lost: Behaviour = () => unknown(true);
/** It was done, but nobody hears of it. */
export const unanswered: Behaviour = (call) => {
  call.carryOut();
  return unknown(true);
};
/** Nothing listens there: nothing was sent. */
export const unsent: Behaviour = () => unknown(false);

export const retried =
  (then: Behaviour, { mayHaveHappened = true, waitMs = 5 } = {}): Behaviour =>
  async (call) => {
    await call.how.onRetry({ attempt: 1, waitMs, reason: 'reset', breaker: 'CLOSED', mayHaveHappened });
    return then(call);
  };
export const inTurn =
  (...behaviours: Behaviour[]): Behaviour =>
  (call) =>
    (behaviours[call.turn] ?? done)(call);

export const refusal = (code: string, problem: Record<string, unknown> = {}): Outcome<Facts> => ({
  kind: 'refused',
  status: 409,
  code,
  reason: `refused with ${code}`,
  problem,
});
const unknown = (mayHaveHappened: boolean): Outcome<Facts> => ({
  kind: 'unknown',
  reason: 'no answer',
  mayHaveHappened,
});

type Holding = 'none' | 'held' | 'gone' | 'closed';
type Known = Partial<Record<Holding, Holding>>;
const TAKES: Known = { none: 'held', held: 'held', gone: 'gone' };
const LETS_GO: Known = { held: 'gone', gone: 'gone' };
const GIVES_BACK: Known = { none: 'closed', held: 'closed', gone: 'closed', closed: 'closed' };
/** What each service makes of what it holds of an order, by its contract; what is not here is refused. */
const CONTRACT: Record<string, Known> = {
  ...{ reserve: TAKES, commit: LETS_GO, release: { ...GIVES_BACK, gone: undefined } },
  ...{ authorize: TAKES, capture: LETS_GO, giveBack: GIVES_BACK, refund: { gone: 'gone' } },
  ...{ book: TAKES, cancel: GIVES_BACK, restock: { gone: 'closed', closed: 'closed' } },
};

/** The other services, which do what the script says, step by step; what it does not say is done. */
export class ScriptedParticipants {
  /** By the call's name. */
  script: Record<string, Behaviour> = {};
  calls: Call[] = [];
  /** The steps that were done, or whose outcome was unknown though something may have arrived. */
  mayHaveHappened = new Set<string>();
  /** Told of each call before anything happens. */
  watch: (call: Call) => Promise<void> = async () => {};
  /** What was answered last under each key. */
  readonly #answers = new Map<string, { turn: number; outcome: Outcome<Facts> }>();
  readonly #carriedOut = new Map<string, Outcome<Facts>>();
  readonly #holdings = new Map<string, Map<string, Holding>>();

  readonly all = new Proxy({} as Participants, {
    get: (_, service: string) =>
      new Proxy(
        {},
        {
          get: (__, operation: string) => (order: Order, how: CallOptions) =>
            this.#called(service, operation, order, how),
        },
      ),
  });

  get names(): string[] {
    return this.calls.map(({ name }) => name);
  }

  forget(): void {
    this.script = {};
    this.calls = [];
    this.mayHaveHappened.clear();
  }

  /** Who still has something of this order, or has let it go for good. */
  heldBy(orderId: string): Record<string, Holding> {
    return Object.fromEntries([...this.#of(orderId)].filter(([, holding]) => holding !== 'closed'));
  }

  async #called(service: string, operation: string, order: Order, options: CallOptions): Promise<Outcome<Facts>> {
    const { id: orderId } = order;
    const { key } = options;
    const name = key.slice(orderId.length + 1).replace(/(:#\d+)?(:\d+)?$/, '');
    let uncertain = false;
    const how: CallOptions = {
      ...options,
      onRetry: (retry) => {
        uncertain ||= retry.mayHaveHappened;
        return options.onRetry(retry);
      },
    };
    const turn = this.calls.filter((call) => call.orderId === orderId && call.name === name).length;
    const carryOut = () => {
      const outcome = this.#replayed(call) ?? this.#carryOut(service, operation, order);
      if (outcome.kind === 'done') this.#carriedOut.set(key, outcome);
      return outcome;
    };
    const call: Call = { orderId, name, key, turn, how, carryOut };
    this.calls.push(call);
    await this.watch(call);
    const known = this.#answers.get(key)?.outcome;
    const before = this.#carriedOut.get(key);
    const scripted = known?.kind === 'refused' ? known : await (this.script[name] ?? done)(call);
    // Nobody refuses what he did before under the same key.
    const outcome = scripted.kind === 'refused' ? (before ?? scripted) : scripted;
    if (outcome.kind !== 'unknown') this.#answers.set(key, { turn, outcome });
    if (outcome.kind === 'done' || uncertain || (outcome.kind === 'unknown' && outcome.mayHaveHappened)) {
      this.mayHaveHappened.add(name);
    }
    return outcome;
  }

  /** What was done is done once; and what comes late is answered like what came after it and was quicker. */
  #replayed({ key, turn }: Call): Outcome<Facts> | undefined {
    const last = this.#answers.get(key);
    return last && (last.outcome.kind === 'done' || last.turn > turn) ? last.outcome : undefined;
  }

  #carryOut(service: string, operation: string, { id: orderId, items, saga }: Order): Outcome<Facts> {
    const part = saga?.part;
    // Each parcel is another shipment.
    const holding = part && operation === 'book' ? 'none' : (this.#of(orderId).get(service) ?? 'none');
    // What is done with a part leaves the rest as it was.
    const next = part && piecesOf(part.items) < piecesOf(items) ? holding : CONTRACT[operation]?.[holding];
    if (!next) return refusal('CLOSED');
    this.#of(orderId).set(service, next);
    return doneBy(service, operation);
  }

  #of(orderId: string): Map<string, Holding> {
    const known = this.#holdings.get(orderId) ?? new Map<string, Holding>();
    this.#holdings.set(orderId, known);
    return known;
  }
}

const piecesOf = (items: readonly { quantity: number }[]): number =>
  items.reduce((sum, { quantity }) => sum + quantity, 0);

function doneBy(service: string, status: string): Outcome<Facts> {
  const parcel = { trackingNumber: 'TRK1', carrier: 'STANDARD', labelUrl: '/labels/TRK1' };
  const facts: Record<string, Facts> = {
    inventory: { reservation: { status } },
    payment: { payment: { id: 'P1', status } },
    shipping: { shipment: { id: 'S1', status, ...parcel } },
  };
  return { kind: 'done', status: 200, data: facts[service] ?? {} };
}

/** Holds calls up on their way there or on their way back, until it is opened or the caller gives up. */
export class Gate {
  open = () => {};
  reached = false;
  readonly #opened = new Promise<void>((resolve) => (this.open = resolve));

  readonly thereAnd =
    (then: Behaviour): Behaviour =>
    async (call) =>
      (await this.#passed(call)) ? then(call) : unknown(true);
  readonly there = this.thereAnd(done);
  readonly back: Behaviour = async (call) => {
    const outcome = call.carryOut();
    return (await this.#passed(call)) ? outcome : unknown(true);
  };

  async #passed({ how: { signal } }: Call): Promise<boolean> {
    this.reached = true;
    const givenUp = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve());
      if (signal.aborted) resolve();
    });
    await Promise.race([this.#opened, givenUp]);
    return !signal.aborted;
  }
}
