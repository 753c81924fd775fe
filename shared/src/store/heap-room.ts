import { getHeapStatistics } from 'node:v8';

/** The heap must keep free the part of its limit that is for young objects, … */
const YOUNG_BYTES = 48 * 1024 * 1024;
/** … what the orders under way may need until they end, … */
const RESERVE_SHARE = 0.1;
/** … and this share more before it has room again: the used part includes garbage, and goes up and down. */
const REGAINED_SHARE = 0.1;
/** How many checks use the last measurement before the heap is measured again. */
const LOOK_EVERY = 16;

type Statistics = Pick<ReturnType<typeof getHeapStatistics>, 'used_heap_size' | 'heap_size_limit'>;

/** Whether the heap of this process has room for more. */
export class HeapRoom {
  #checks = 0;
  #isLeft = true;

  constructor(private readonly statistics: () => Statistics = getHeapStatistics) {}

  isLeft(): boolean {
    if (!this.#isLeft || this.#checks++ % LOOK_EVERY === 0) this.#isLeft = this.#look();
    return this.#isLeft;
  }

  #look(): boolean {
    const { used_heap_size: used, heap_size_limit: limit } = this.statistics();
    const full = limit * (1 - RESERVE_SHARE) - YOUNG_BYTES;
    return used < (this.#isLeft ? full : full * (1 - REGAINED_SHARE));
  }
}
