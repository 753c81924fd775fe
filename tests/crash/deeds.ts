import type { Chance } from './chance.ts';
import type { What } from './told.ts';

/** An order as its answers show it. */
export interface Shown {
  id: string;
  status: string;
  version: number;
  items: readonly ShownLine[];
  shipment?: { id: string; status: string };
  shipments?: readonly { id: string; status: string }[];
  captured?: number;
  refunded?: number;
}

interface ShownLine {
  lineId: string;
  productId: string;
  quantity: number;
  fulfilled?: number;
  cancelled?: number;
  returned?: number;
}

/** A command on a part of an order. */
export interface Deed {
  what: What;
  command: 'fulfill' | 'cancel' | 'return' | 'refund';
  body: object;
}

const openOf = ({ quantity, fulfilled = 0, cancelled = 0 }: ShownLine) => quantity - fulfilled - cancelled;
const keptOf = ({ fulfilled = 0, returned = 0 }: ShownLine) => fulfilled - returned;

/** What a clerk does next with an order that he has just seen; meanwhile others may have been quicker. */
export function deedOfClerk(order: Shown, chance: Chance): Deed {
  return chance.pick([
    [6, fulfilling],
    [2, cancelling],
    [1, returning],
    [2, refunding],
  ])(order, chance);
}

/** … and what its customer does. */
export function deedOfCustomer(order: Shown, chance: Chance): Deed {
  return order.items.some((line) => keptOf(line) > 0) && chance.in(0.7)
    ? sendingBack(order, chance)
    : cancelling(order, chance);
}

export function fulfilling({ items }: Shown, chance: Chance): Deed {
  return { what: 'fulfil', command: 'fulfill', body: { items: some(items, openOf, chance) } };
}

function cancelling({ items }: Shown, chance: Chance): Deed {
  const body = { reason: 'too many', items: some(items, openOf, chance) };
  return { what: 'cancel items', command: 'cancel', body };
}

function sendingBack({ items }: Shown, chance: Chance): Deed {
  return { what: 'return', command: 'return', body: { reason: 'too small', items: some(items, keptOf, chance) } };
}

/** What becomes of the goods, and for how much, only a clerk may say. */
function returning(order: Shown, chance: Chance): Deed {
  const { body, ...deed } = sendingBack(order, chance);
  const restock = chance.in(0.2) ? { restock: false } : {};
  const less = chance.in(0.15) ? { refund: chance.between(0, 300) / 100 } : {};
  return { ...deed, body: { ...body, ...restock, ...less } };
}

function refunding({ captured = 0, refunded = 0 }: Shown, chance: Chance): Deed {
  const left = Math.round((captured - refunded) * 100);
  const cents = chance.in(0.1) ? left + 1 : chance.between(1, Math.max(1, left));
  return { what: 'refund', command: 'refund', body: { amount: cents / 100, reason: 'arrived late' } };
}

/** Undefined: everything that is left. Seldom more than that. */
function some(lines: readonly ShownLine[], leftOf: (line: ShownLine) => number, chance: Chance) {
  const items = lines.flatMap((line) => {
    const left = leftOf(line) + (chance.in(0.03) ? 1 : 0);
    if (left < 1 || chance.in(0.35)) return [];
    const quantity = chance.between(1, left);
    return chance.in(0.15) ? { productId: line.productId, quantity } : { lineId: line.lineId, quantity };
  });
  return items.length > 0 && !chance.in(0.1) ? items : undefined;
}
