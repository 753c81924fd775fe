import type { Order } from '@oms/order/dist/domain/order.js';
import type { Parts } from '@oms/order/dist/domain/parts.js';
import type { Records } from '../records.ts';
import { moneyOf } from './money.ts';
import { countsOf } from './stock.ts';
import type { Violation } from './violation.ts';

/** What was shipped, cancelled and returned of an order, line by line, is what the participants did; and so is the money. */
export function* inParts(order: Order, parts: Parts, records: Records): Iterable<Violation> {
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
