import type { FeedEvent, Order, OrderStatus } from '@oms/client';

/** What a list shows about an order. */
export interface OrderRow {
  id: string;
  status: OrderStatus;
  customerId: string;
  items: string;
  total: number;
  currency: string;
  needsAttention: boolean;
  failure: string | undefined;
  version: number;
  createdAt: string;
}

/** Old events name no version of their data. */
export type RowEvent = Omit<FeedEvent, 'dataVersion'>;

/** The oldest rows beyond this number are dropped. */
const MOST = 20_000;

/** Every order that the page knows, newest first. Ids sort by the time at which they were made. */
export class OrderRows {
  readonly #rows = new Map<string, OrderRow>();
  #newestFirst: OrderRow[] = [];
  #changed = false;

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): OrderRow | undefined {
    return this.#rows.get(id);
  }

  newestFirst(): readonly OrderRow[] {
    if (this.#changed) {
      this.#newestFirst = [...this.#rows.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
      for (const { id } of this.#newestFirst.splice(MOST)) this.#rows.delete(id);
      this.#changed = false;
    }
    return this.#newestFirst;
  }

  clear(): void {
    this.#rows.clear();
    this.#changed = true;
  }

  /** Takes over orders of the service, unless the row is newer. */
  merge(orders: readonly Order[]): void {
    for (const order of orders) {
      if ((this.#rows.get(order.id)?.version ?? 0) < order.version) this.#put(rowOf(order));
    }
  }

  /** Takes over one event. Events of unknown orders are ignored: they say too little to show a row. */
  apply({ stream, version, type, at, data }: RowEvent): void {
    const known = this.#rows.get(stream);
    if (type === 'order.placed' && !known) this.#put(placed(stream, version, at, data as unknown as Placed));
    else if (known && known.version < version) this.#put({ ...known, ...changed(type, data), version });
  }

  #put(row: OrderRow): void {
    this.#rows.set(row.id, row);
    this.#changed = true;
  }
}

interface Placed {
  customer: { id: string };
  items: { productId: string; name?: string; quantity: number }[];
  total?: number;
  /** Old events count in cents. */
  totalCents?: number;
  currency: string;
}

function placed(id: string, version: number, createdAt: string, data: Placed): OrderRow {
  const { customer, totalCents = 0, total = totalCents / 100, currency } = data;
  const order = { id, status: 'PENDING', customerId: customer.id, items: summary(data.items), currency } as const;
  return { ...order, total, needsAttention: false, failure: undefined, version, createdAt };
}

function changed(type: string, data: Record<string, unknown>): Partial<OrderRow> {
  switch (type) {
    case 'order.status-changed': {
      const failure = (data.failure as { code: string } | undefined)?.code;
      const status = data.newStatus as OrderStatus;
      return { status, needsAttention: false, ...(failure === undefined ? {} : { failure }) };
    }
    case 'saga.needs-attention':
      return { needsAttention: true };
    case 'order.parcel-moved':
      return { needsAttention: data.attention !== undefined };
    case 'saga.started':
    case 'saga.done':
    case 'saga.undone':
      return { needsAttention: false };
    default:
      return {};
  }
}

function rowOf({ customer, items, failure, ...order }: Order): OrderRow {
  const { id, status, total, currency, needsAttention, version, createdAt } = order;
  const row = { id, status, customerId: customer.id, items: summary(items), total, currency, needsAttention };
  return { ...row, failure: failure?.code, version, createdAt };
}

const summary = (items: readonly { productId: string; name?: string | undefined; quantity: number }[]): string =>
  items.map(({ productId, name, quantity }) => `${quantity} × ${name ?? productId}`).join(', ');
