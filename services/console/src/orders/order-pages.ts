import type { Order } from '@oms/shared/contracts/order';
import { signal } from '@preact/signals';
import { get, isProblem, type Page, type Problem } from '../http/api.ts';
import { begunAnew, rows, rowsVersion } from '../live/live-data.ts';
import type { OrderRow } from './order-rows.ts';

/** `status` may be STUCK: whatever needs an operator. */
export interface Filter {
  status: string;
  search: string;
}

const PAGE = 200;
const ID = /^[A-Za-z0-9_.:-]{1,64}$/;

/** The orders that one filter finds, page by page, into the rows that all filters share. */
class OrderPages {
  readonly isLoading = signal(false);
  readonly isDone = signal(false);
  readonly problem = signal<Problem | undefined>(undefined);
  #cursor: string | undefined;
  /** Down to here the list has no gaps. */
  #oldest: string | undefined;

  constructor(private readonly filter: Filter) {}

  /** Whether it lies in the part of the list that has no gaps. */
  covers({ id }: OrderRow): boolean {
    if (this.filter.search || this.filter.status === 'STUCK' || this.isDone.value) return true;
    return this.#oldest !== undefined && id >= this.#oldest;
  }

  async more(): Promise<void> {
    if (this.isLoading.value || this.isDone.value) return;
    this.isLoading.value = true;
    try {
      if (this.filter.status === 'STUCK') await this.#stuck();
      else await this.#page();
      this.problem.value = undefined;
    } catch (error) {
      if (!isProblem(error)) throw error;
      this.problem.value = error;
    } finally {
      this.isLoading.value = false;
      rowsVersion.value++;
    }
  }

  async #page(): Promise<void> {
    const { status, search } = this.filter;
    if (search && !ID.test(search)) {
      this.isDone.value = true;
      return;
    }
    if (search && this.#cursor === undefined) await known(search);
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (status) query.set('status', status);
    if (search) query.set('customerId', search);
    if (this.#cursor !== undefined) query.set('cursor', this.#cursor);
    const { items, nextCursor } = await get<Page<Order>>(`/orders?${query}`);
    rows.merge(items);
    this.#oldest = items.at(-1)?.id ?? this.#oldest;
    this.#cursor = nextCursor ?? undefined;
    this.isDone.value = nextCursor === null;
  }

  async #stuck(): Promise<void> {
    const { items } = await get<Page<Order>>(`/orders?needsAttention=true&limit=${PAGE}`);
    rows.merge(items);
    this.isDone.value = true;
  }
}

/** The order of this id, if there is one. */
async function known(id: string): Promise<void> {
  try {
    rows.merge([await get<Order>(`/orders/${id}`)]);
  } catch (error) {
    if (!isProblem(error) || error.status !== 404) throw error;
  }
}

let kept = new Map<string, OrderPages>();
begunAnew.subscribe(() => {
  kept = new Map();
});

/** What was found before is kept: whoever comes back to the list finds it where he left it. */
export function pagesOf(filter: Filter): OrderPages {
  // Who is stuck differs from one look to the next.
  const key = filter.status === 'STUCK' ? '' : JSON.stringify(filter);
  const pages = kept.get(key) ?? new OrderPages(filter);
  if (key) kept.set(key, pages);
  return pages;
}

/** The rows that the filter lets through, newest first. */
export function matching(filter: Filter, pages: OrderPages): OrderRow[] {
  const wanted = filter.search.toLowerCase();
  return rows.newestFirst().filter((row) => {
    if (filter.status === 'STUCK' ? !row.needsAttention : filter.status && row.status !== filter.status) return false;
    if (wanted && !`${row.id} ${row.customerId} ${row.items}`.toLowerCase().includes(wanted)) return false;
    return pages.covers(row);
  });
}
