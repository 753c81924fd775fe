import type { OmsError, OrderStatus } from '@oms/client';
import { signal } from '@preact/signals';
import { oms, PAGE, problemOf } from './api.ts';
import { restarts, rows, rowsVersion } from './live.ts';
import type { OrderRow } from './order-rows.ts';
import { ID } from './requests.ts';

export interface Filter {
  /** A status of an order; STUCK: needs an operator; empty: all. */
  status: string;
  search: string;
}

/** Loads the orders that match a filter, page by page, into the rows that all filters share. */
class OrderPages {
  readonly isLoading = signal(false);
  readonly isDone = signal(false);
  readonly problem = signal<OmsError | undefined>(undefined);
  #cursor: string | undefined;
  /** From the newest order down to this one, all are loaded. */
  #oldest: string | undefined;

  constructor(private readonly filter: Filter) {}

  /** Whether the list has no gap above this row. */
  covers({ id }: OrderRow): boolean {
    if (this.filter.search || this.filter.status === 'STUCK' || this.isDone.value) return true;
    return this.#oldest !== undefined && id >= this.#oldest;
  }

  async more(): Promise<void> {
    if (this.isLoading.value || this.isDone.value) return;
    this.isLoading.value = true;
    try {
      this.problem.value = await problemOf(() => (this.filter.status === 'STUCK' ? this.#stuck() : this.#page()));
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
    if (search && this.#cursor === undefined) await loadById(search);
    const query = { status: (status || undefined) as OrderStatus | undefined, customerId: search || undefined };
    const { items, nextCursor } = await oms()
      .orders.list({ limit: PAGE, ...query })
      .page(this.#cursor);
    rows.merge(items);
    this.#oldest = items.at(-1)?.id ?? this.#oldest;
    this.#cursor = nextCursor ?? undefined;
    this.isDone.value = nextCursor === null;
  }

  async #stuck(): Promise<void> {
    const { items } = await oms().orders.list({ needsAttention: 'true', limit: PAGE }).page();
    rows.merge(items);
    this.isDone.value = true;
  }
}

/** The order with this id, if there is one. */
async function loadById(id: string): Promise<void> {
  const problem = await problemOf(async () => rows.merge([await oms().orders.get(id)]));
  if (problem && problem.status !== 404) throw problem;
}

let kept = new Map<string, OrderPages>();
restarts.subscribe(() => {
  kept = new Map();
});

/** Pages are kept: a user who returns to a list finds it as it was. */
export function pagesOf(filter: Filter): OrderPages {
  // Which orders are stuck must be asked each time.
  const key = filter.status === 'STUCK' ? '' : JSON.stringify(filter);
  const pages = kept.get(key) ?? new OrderPages(filter);
  if (key) kept.set(key, pages);
  return pages;
}

/** The rows that match the filter, newest first. */
export function matching(filter: Filter, pages: OrderPages): OrderRow[] {
  const wanted = filter.search.toLowerCase();
  return rows.newestFirst().filter((row) => {
    if (filter.status === 'STUCK' ? !row.needsAttention : filter.status && row.status !== filter.status) return false;
    if (wanted && !`${row.id} ${row.customerId} ${row.items}`.toLowerCase().includes(wanted)) return false;
    return pages.covers(row);
  });
}
