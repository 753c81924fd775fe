import { Chance } from '../crash/chance.ts';

/** The faults at each kind of place, with their relative probabilities. */
const KINDS = {
  message: [
    [2, 'drop request'],
    [3, 'drop answer'],
    [2, 'delay request past every timeout'],
    [2, 'delay answer past every timeout'],
    [2, 'duplicate'],
    [2, 'reorder'],
    [1, 'reset before'],
    [2, 'reset after'],
    [1, 'answer 429'],
    [1, 'answer 500 before the change'],
    [2, 'answer 500 after the change'],
    [1, 'answer 503'],
  ],
  moment: [
    [3, 'crash before'],
    [3, 'crash after'],
    [2, 'freeze'],
    [1, 'clock jumps ahead'],
    [1, 'clock jumps back'],
  ],
  store: [
    [2, 'store fails, nothing written'],
    [1, 'store fails, but it is written'],
    [1, 'store is slow'],
  ],
  provider: [
    [1, 'provider fails, nothing done'],
    [2, 'provider fails, but it is done'],
    [1, 'provider is slow'],
    [1, 'provider is unreachable'],
  ],
  outage: [
    [1, 'outage: nobody hears'],
    [1, 'outage: refused'],
    [1, 'outage: answers lost'],
    [1, 'outage: answers 500'],
  ],
} as const;

export type Place = keyof typeof KINDS;
export type KindAt<P extends Place> = (typeof KINDS)[P][number][1];
export const ALL_KINDS: readonly string[] = Object.values(KINDS).flatMap((kinds) => kinds.map(([, kind]) => kind));

export interface Fault<P extends Place> {
  id: string;
  kind: KindAt<P>;
  /** For all random details of the fault. */
  chance: Chance;
}

export const CRASHES = ['crash before', 'crash after'] as const;

/** The id of a chosen crash at this moment. */
export const ordering = (moment: string, kind: (typeof CRASHES)[number]): string => `${moment}:${kind.slice(6)}`;

/**
 * Decides which faults happen where. Each place has a name, and its fault depends only on the seed and that name, so that
 * a run can be repeated with some of its faults left out.
 */
export class Faults {
  readonly fired: { id: string; kind: string }[] = [];
  /** Every write and send at which a process could have crashed. */
  readonly moments: string[] = [];
  /** Ends all faults. */
  healed = false;
  readonly #rates: Record<Place, number>;
  /** Some schedules have a crash at one chosen moment. */
  readonly #aim: number;

  constructor(
    private readonly seed: number,
    /** Only these happen; absent: all that the seed gives. */
    private readonly only?: ReadonlySet<string>,
  ) {
    const temper = new Chance(seed, 'temper');
    const one = (...rates: number[]) => rates[temper.between(0, rates.length - 1)] as number;
    this.#rates = {
      message: one(0, 0.03, 0.1, 0.3),
      moment: one(0, 0.005, 0.02, 0.05),
      store: one(0, 0, 0.02, 0.1),
      provider: one(0, 0, 0.2),
      outage: one(0, 0, 0.5, 1),
    };
    this.#aim = temper.in(0.3) ? temper.between(0, 150) : -1;
  }

  at<P extends Place>(place: P, id: string): Fault<P> | undefined {
    if (this.healed) return undefined;
    const isAimedAt = place === 'moment' && this.moments.push(id) - 1 === this.#aim;
    const chance = new Chance(this.seed, id);
    const ordered =
      this.only && place === 'moment' ? CRASHES.find((kind) => this.only?.has(ordering(id, kind))) : undefined;
    if (ordered) return { id: ordering(id, ordered), kind: ordered as KindAt<P>, chance };
    const isDrawn = chance.in(this.#rates[place]) || isAimedAt;
    if (this.only ? !this.only.has(id) : !isDrawn) return undefined;
    const kind = chance.pick<KindAt<P>>(KINDS[place] as readonly (readonly [number, KindAt<P>])[]);
    return { id, kind, chance };
  }

  strike({ id, kind }: { id: string; kind: string }): void {
    this.fired.push({ id, kind });
  }
}
