import { CURRENCIES, toAmount } from '@oms/shared/money';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import { worthOf } from '../domain/dues.ts';
import type { OrderEvent } from '../domain/events.ts';
import { counted, linesOf } from '../domain/lines.ts';
import type { Order } from '../domain/order.ts';
import { linesIn, sharesIn } from '../domain/parts.ts';

/** Old orders may name any three letters. Only a known currency becomes a label. */
const LABELS = new Set(CURRENCIES);
export const labelOf = (currency: string): string => (LABELS.has(currency) ? currency : 'other');

/** What was authorized is open until it is captured or released. */
type Movement = 'authorized' | 'captured' | 'refunded' | 'released';
type Moved = readonly [Movement, number];
const NOTHING: readonly Moved[] = [];

/** The money that events of orders tell of, by currency. */
export function createMoneyMetrics({ counter, gauge }: Metrics): (event: OrderEvent, order: Order) => void {
  const moved = counter(
    'orders_money_total',
    'Money of orders that was captured and refunded, in units of the currency',
    'movement',
    'currency',
  );
  const open = gauge(
    'orders_money_open',
    'What was authorized and neither captured nor released, less what was so when this process started',
    'currency',
  );
  return (event, order) => {
    for (const [movement, cents] of movementsOf(event, order)) {
      if (cents === 0) continue;
      const currency = labelOf(order.currency);
      const amount = toAmount(cents, order.decimals);
      if (movement === 'captured' || movement === 'refunded') moved.inc({ movement, currency }, amount);
      if (movement === 'authorized') open.inc({ currency }, amount);
      else if (movement !== 'refunded') open.dec({ currency }, amount);
    }
  };
}

/** `order` is as it became by the event. */
function movementsOf(event: OrderEvent, order: Order): readonly Moved[] {
  switch (event.type) {
    case 'order.status-changed': {
      const { oldStatus, newStatus, inParts } = event.data;
      if (oldStatus === 'PENDING') {
        const isTaken = newStatus === 'CONFIRMED' || newStatus === 'AWAITING_CONFIRMATION';
        return isTaken ? [['authorized', order.totalCents]] : NOTHING;
      }
      if (newStatus === 'CANCELLING') return [['released', worthOf(linesIn(order), sharesIn(order))]];
      if (inParts) return NOTHING;
      if (newStatus === 'SHIPPED') return [['captured', order.totalCents]];
      return newStatus === 'RETURNED' ? [['refunded', order.totalCents]] : NOTHING;
    }
    case 'order.parcel-shipped':
      return [['captured', event.data.amountCents]];
    case 'order.lines-cancelled':
      return [
        ['refunded', event.data.amountCents],
        ['released', releasedBy(event.data.items, order)],
      ];
    case 'order.lines-returned':
    case 'order.refunded':
      return [['refunded', event.data.amountCents]];
    default:
      return NOTHING;
  }
}

/** What was reserved for cancelled items; nothing, if all of it is captured at once. */
function releasedBy(items: Parameters<typeof counted>[1], order: Order): number {
  const { parts, payment } = order;
  if (payment?.capturesOnce && (parts?.capturedCents ?? 0) > 0) return 0;
  const lines = linesIn(order);
  const added = items.map((item) => ({ ...item, quantity: -item.quantity }));
  const before = linesOf(order.items, counted(lines, added, 'cancelled'));
  return worthOf(before, sharesIn(order)) - worthOf(lines, sharesIn(order));
}
