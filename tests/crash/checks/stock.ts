import type { Reservation } from '@oms/inventory/dist/domain/stock.js';
import { stockTrouble } from '../stock-watch.ts';
import type { Evidence, Violation } from './violation.ts';

type Sums = Record<'stock.reserved' | 'stock.released' | 'stock.committed' | 'stock.restocked' | 'stock.added', number>;

interface Moved {
  orderId?: string;
  productId?: string;
  quantity?: number;
  items?: readonly { productId: string; quantity: number }[];
  /** Names a part of the order. */
  ref?: string;
}

/** The stock of each product agrees with its reservations, its events and the deliveries of the supplier. */
export function* stock({
  records,
  stock: watch,
  told,
}: Pick<Evidence, 'records' | 'told'> & { stock: Pick<Evidence['stock'], 'wrong'> }): Iterable<Violation> {
  for (const [id, detail] of watch.wrong) yield { rule: 'stock at all times', id, detail };

  const live = new Map<string, number>();
  for (const reservation of records.reservations.values()) {
    for (const [id, quantity] of countsOf(reservation).reserved) live.set(id, (live.get(id) ?? 0) + quantity);
  }
  const { sums, twice } = moved(records.stockEvents);
  for (const id of twice) yield { rule: 'stock moved twice', id, detail: 'the same movement of one order twice' };

  for (const [id, product] of records.products) {
    const trouble = stockTrouble(product);
    if (trouble) yield { rule: 'stock', id, detail: trouble };
    if (product.reserved - product.held !== (live.get(id) ?? 0)) {
      yield { rule: 'stock', id, detail: `${product.reserved} reserved, but reservations of ${live.get(id) ?? 0}` };
    }
    const sum = (type: keyof Sums) => sums.get(id)?.[type] ?? 0;
    const said = {
      added: sum('stock.added'),
      shipped: sum('stock.committed'),
      restocked: sum('stock.restocked'),
      reserved: sum('stock.reserved') - sum('stock.released') - sum('stock.committed'),
    };
    for (const [part, quantity] of Object.entries(said)) {
      const kept = product[part as keyof typeof said];
      if (kept !== quantity) yield { rule: 'stock', id, detail: `${kept} ${part}, but the events say ${quantity}` };
    }
    const supplied = suppliedTo(id, told);
    if (product.added !== supplied) yield { rule: 'stock', id, detail: `${product.added} added, ${supplied} supplied` };
  }
}

function moved(events: Evidence['records']['stockEvents']): { sums: Map<string, Sums>; twice: string[] } {
  const sums = new Map<string, Sums>();
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { type, data } of events) {
    const { orderId, productId, quantity, items, ref = '' } = data as Moved;
    if (orderId !== undefined) {
      const movement = `${orderId} ${type} ${ref}`;
      if (seen.has(movement)) twice.push(orderId);
      seen.add(movement);
    }
    for (const line of items ?? [{ productId: productId as string, quantity: quantity as number }]) {
      const sum = sums.get(line.productId) ?? newSums();
      sum[type as keyof Sums] += line.quantity;
      sums.set(line.productId, sum);
    }
  }
  return { sums, twice };
}

type Counts = Record<'reserved' | 'committed' | 'restocked', Map<string, number>>;

/** How many pieces of each product a reservation keeps, has sent, and has got back. */
export function countsOf(reservation: Reservation | undefined): Counts {
  const counts: Counts = { reserved: new Map(), committed: new Map(), restocked: new Map() };
  if (!reservation) return counts;
  const { items, status, parts } = reservation;
  const add = (what: keyof Counts, lines: readonly { productId: string; quantity: number }[], by: 1 | -1) => {
    for (const { productId, quantity } of lines) {
      counts[what].set(productId, (counts[what].get(productId) ?? 0) + by * quantity);
    }
  };
  if (!parts) {
    if (status === 'RESERVED') add('reserved', items, 1);
    if (status === 'COMMITTED' || status === 'RESTOCKED') add('committed', items, 1);
    if (status === 'RESTOCKED') add('restocked', items, 1);
    return counts;
  }
  add('reserved', items, 1);
  for (const part of parts) {
    if (part.what !== 'restock') add('reserved', part.items, -1);
    if (part.what === 'commit') add('committed', part.items, 1);
    if (part.what === 'restock') add('restocked', part.items, 1);
  }
  return counts;
}

const newSums = (): Sums => ({
  'stock.reserved': 0,
  'stock.released': 0,
  'stock.committed': 0,
  'stock.restocked': 0,
  'stock.added': 0,
});

/** The deliveries that the supplier has confirmed; no result is unknown by then. */
function suppliedTo(productId: string, { stories }: Evidence['told']): number {
  let sum = 0;
  for (const { wish, answers } of stories.values()) {
    if (wish.path !== `/inventory/${productId}` || !answers.some(({ status }) => status < 300)) continue;
    sum += (wish.body as { quantity: number }).quantity;
  }
  return sum;
}
