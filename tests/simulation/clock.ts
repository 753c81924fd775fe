/** The start time of every simulation. */
export const BEGINNING = Date.UTC(2026, 0, 1);

/** The real function, kept before the fakes are installed. */
const { setImmediate: outsideOfAllPromises } = globalThis;
/**
 * Lets everything happen that needs no time: what Node does itself between two callbacks, and much cheaper than to wait for
 * the next turn of its event loop. From within a promise's continuation it would do nothing.
 */
const settle = (process as unknown as { _tickCallback(): void })._tickCallback;

export interface Appointment {
  at: number;
  /** Breaks ties: of two timers at the same time, the older one runs first. */
  turn: number;
  run: (() => void) | undefined;
}

/** Virtual time: it jumps from one timer to the next, without waiting. */
export class VirtualClock {
  now = BEGINNING;
  #turns = 0;
  /** A heap: the next timer is first. */
  readonly #heap: Appointment[] = [];

  in(ms: number, run: () => void): Appointment {
    const appointment = { at: this.now + Math.max(0, Math.ceil(ms)), turn: this.#turns++, run };
    this.#push(appointment);
    return appointment;
  }

  /** Lets time pass until the condition is true or the time is over; returns whether it became true. */
  passUntil(enough: () => boolean, latest: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      outsideOfAllPromises(() => {
        try {
          resolve(this.#pass(enough, latest));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #pass(enough: () => boolean, latest: number): boolean {
    for (;;) {
      settle();
      if (enough()) return true;
      while (this.#heap[0] && !this.#heap[0].run) this.#pop();
      const next = this.#heap[0];
      if (!next?.run || next.at > latest) {
        this.now = Math.max(this.now, latest);
        return false;
      }
      this.#pop();
      this.now = next.at;
      next.run();
    }
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap;
    let place = heap.push(appointment) - 1;
    for (let above = (place - 1) >> 1; place > 0 && isBefore(appointment, heap[above]); above = (place - 1) >> 1) {
      heap[place] = heap[above] as Appointment;
      place = above;
    }
    heap[place] = appointment;
  }

  #pop(): Appointment | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Appointment, heap[below])) below++;
      if (below >= heap.length || !isBefore(heap[below] as Appointment, last)) break;
      heap[place] = heap[below] as Appointment;
      place = below;
    }
    heap[place] = last;
    return first;
  }
}

const isBefore = (one: Appointment, other: Appointment | undefined): boolean =>
  other !== undefined && (one.at < other.at || (one.at === other.at && one.turn < other.turn));
