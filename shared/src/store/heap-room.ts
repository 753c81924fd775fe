import { getHeapStatistics } from 'node:v8';

/** The heap must keep free what its limit holds for young objects, … */
const YOUNG_BYTES = 48 * 1024 * 1024;
/** … what those that have begun may need until they have ended, … */
const RESERVE_SHARE = 0.1;
/** … and so much more before it has room again: what is used includes what is not collected yet, and goes up and down. */
const REGAINED_SHARE = 0.1;
/** How many may ask before it is looked again. */
const LOOK_EVERY = 16;

type Statistics = Pick<ReturnType<typeof getHeapStatistics>, 'used_heap_size' | 'heap_size_limit'>;

/** Whether the heap of this process has room for more. */
export class HeapRoom {
  #asked = 0;
  #isLeft = true;

  constructor(private readonly statistics: () => Statistics = getHeapStatistics) {}

  isLeft(): boolean {
    if (!this.#isLeft || this.#asked++ % LOOK_EVERY === 0) this.#isLeft = this.#look();
    return this.#isLeft;
  }

  #look(): boolean {
    const { used_heap_size: used, heap_size_limit: limit } = this.statistics();
    const full = limit * (1 - RESERVE_SHARE) - YOUNG_BYTES;
    return used < (this.#isLeft ? full : full * (1 - REGAINED_SHARE));
  }
}
