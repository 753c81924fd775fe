import type { Order } from '@oms/order/dist/domain/order.js';
import type { Parts } from '@oms/order/dist/domain/parts.js';
import { moneyOf } from './money.ts';
import { countsOf } from './stock.ts';
import type { Evidence, Violation } from './violation.ts';

/** What was shipped, cancelled and returned of an order, line by line, is what the participants did; and so is the money. */
export function* inParts(
  order: Order,
  parts: Parts,
  { records, told }: Pick<Evidence, 'records' | 'told'>,
): Iterable<Violation> {
  const { id, items, status, totalCents } = order;
  const lines = items.map((item, i) => ({
    ...{ fulfilled: 0, cancelled: 0, returned: 0, lost: 0 },
    ...parts.lines[i],
    ...{ productId: item.productId, quantity: item.quantity },
  }));
  for (const { productId, quantity, fulfilled, cancelled, returned } of lines) {
    if (fulfilled + cancelled > quantity || returned > fulfilled || Math.min(fulfilled, cancelled, returned) < 0) {
      const detail = `${quantity} × ${productId}: ${fulfilled} shipped, ${cancelled} cancelled, ${returned} returned`;
      yield { rule: 'lines', id, detail };
    }
  }

  const counts = countsOf(records.reservations.get(id));
  const sum = (productId: string, of: (line: (typeof lines)[number]) => number) =>
    lines.reduce((all, line) => all + (line.productId === productId ? of(line) : 0), 0);
  for (const productId of new Set(lines.map((line) => line.productId))) {
    const wanted = {
      reserved: sum(productId, ({ quantity, fulfilled, cancelled }) => quantity - fulfilled - cancelled),
      committed: sum(productId, ({ fulfilled }) => fulfilled),
      restocked: sum(productId, ({ returned, lost }) => returned - lost),
    };
    for (const [what, quantity] of Object.entries(wanted)) {
      const is = counts[what as keyof typeof wanted].get(productId) ?? 0;
      if (is !== quantity) yield { rule: 'lines', id, detail: `${productId}: ${is} ${what}, and not ${quantity}` };
    }
  }

  const { captured, refunded } = moneyOf(records.payments.get(id));
  if (captured !== parts.capturedCents || refunded !== parts.refundedCents) {
    const detail = `${captured} captured and ${refunded} refunded, and not ${parts.capturedCents} and ${parts.refundedCents}`;
    yield { rule: 'balance', id, detail };
  }
  const isWhole = lines.every(({ quantity, fulfilled }) => fulfilled === quantity);
  if (isWhole && captured !== totalCents) {
    yield { rule: 'balance', id, detail: `all of ${totalCents} was shipped, but ${captured} captured` };
  }
  yield* cost(order, lines, captured);
  const isOver = lines.every(({ quantity, cancelled, returned }) => cancelled + returned === quantity);
  if (isOver && captured !== refunded && !mayKeepMoney(id, told)) {
    yield { rule: 'balance', id, detail: `all of it is back, but only ${refunded} of ${captured}` };
  }
  if (refunded > captured) yield { rule: 'balance', id, detail: `${refunded} refunded of ${captured}` };

  const shipments = records.shipments.get(id) ?? [];
  const live = shipments.filter((doc) => doc.kind === 'shipment' && doc.status !== 'CANCELLED');
  if (live.length !== parts.parcels.length) {
    yield { rule: 'shipment', id, detail: `${status}, ${parts.parcels.length} parcels, but ${live.length} shipments` };
  }
  for (const { id: shipmentId, status: known } of parts.parcels) {
    const its = live.find((doc) => doc.kind === 'shipment' && doc.shipmentId === shipmentId);
    const is = its?.kind === 'shipment' ? its.status : 'none';
    if (is !== known) yield { rule: 'followed', id, detail: `a shipment is ${is}, but it knows of ${known}` };
  }
}

interface Sent {
  fulfilled: number;
  quantity: number;
}

/** What was captured is what was shipped costs, with its share of the charges, within a cent or two for each line. */
function* cost(
  { id, items, charges = [], payment }: Order,
  sent: readonly Sent[],
  captured: number,
): Iterable<Violation> {
  if (payment?.capturesOnce || sent.every(({ fulfilled }) => fulfilled === 0)) return;
  const sumOf = (some: readonly { cents: number }[]) => some.reduce((sum, { cents }) => sum + cents, 0);
  const ofOrder = charges.filter(({ lineId }) => lineId === undefined);
  const shipping = sumOf(ofOrder.filter(({ kind }) => kind === 'SHIPPING'));
  const own = items.map(({ quantity, priceCents = 0 }, i) => {
    return quantity * priceCents + sumOf(charges.filter(({ lineId }) => lineId === String(i + 1)));
  });
  const goods = own.reduce((sum, cents) => sum + cents, 0);
  const factor = goods === 0 ? 0 : 1 + (sumOf(ofOrder) - shipping) / goods;
  const wanted = sent.reduce(
    (sum, { fulfilled, quantity }, i) => sum + ((own[i] as number) * factor * fulfilled) / quantity,
    shipping,
  );
  if (Math.abs(captured - wanted) < 2 * items.length) return;
  yield { rule: 'shares', id, detail: `${captured} captured, but what was shipped costs ${wanted}` };
}

/** Somebody wanted less back than what his items cost. */
const mayKeepMoney = (id: string, { stories }: Evidence['told']): boolean =>
  [...stories.values()].some(
    ({ wish }) => wish.path === `/orders/${id}/return` && (wish.body as { refund?: number }).refund !== undefined,
  );
