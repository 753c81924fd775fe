import { moneyText } from '@oms/shared/money';
import type { StoredEvent } from '@oms/shared/store/store';
import type { OrderEvent } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';

/** Line breaks and escape sequences in texts of customers must not reach the terminal. */
const CONTROLS = /\p{Cc}+/gu;

/** The events of an order, or a page of them, as text for a terminal. */
export function timeline(
  { id, createdAt: start }: Pick<Order, 'id' | 'createdAt'>,
  events: readonly StoredEvent[],
  next: number | null,
): string {
  const lines = events.map((event) => {
    const after = `+${((event.at - start) / 1000).toFixed(3)} s`;
    const told = tell(event as unknown as OrderEvent).replaceAll(CONTROLS, ' ');
    return `${String(event.version).padStart(4)}  ${after.padStart(12)}  ${event.type.padEnd(22)}  ${told}`;
  });
  if (next !== null) lines.push(`      … go on with ?after=${next}`);
  return `Order ${id}, placed ${new Date(start).toISOString()}\n\n${lines.join('\n')}\n`;
}

function tell({ type, data }: OrderEvent): string {
  switch (type) {
    case 'order.placed': {
      const items = data.items.map(({ quantity, productId }) => `${quantity} × ${productId}`).join(', ');
      return `${items} for ${data.customer.id}: ${moneyText(data.totalCents, data.currency, data.decimals)}`;
    }
    case 'order.address-changed':
      return `to ${[data.shippingAddress.street, data.shippingAddress.city].filter(Boolean).join(', ')}`;
    case 'order.status-changed': {
      const why = data.failure
        ? `: ${data.failure.code}, ${data.failure.reason}`
        : data.reason
          ? `: ${data.reason}`
          : '';
      return `${data.oldStatus} → ${data.newStatus}${why}`;
    }
    case 'order.parcel-shipped':
    case 'order.lines-cancelled':
    case 'order.lines-returned':
    case 'order.refunded': {
      const items = data.items.map(({ quantity, productId }) => `${quantity} × ${productId}`).join(', ');
      const money = data.amountCents > 0 ? moneyText(data.amountCents, data.currency, data.decimals) : '';
      const why = data.reason ? `: ${data.reason}` : '';
      return [items, money].filter(Boolean).join(', ') + why;
    }
    case 'order.parcel-moved':
      return `${data.shipment.status}${data.attention ? `: ${data.attention}` : ''}`;
    case 'saga.started':
    case 'saga.resumed':
    case 'saga.done':
      return data.saga;
    case 'saga.step-done':
    case 'saga.step-undone':
      return `${data.step} (${data.ms} ms, ${attempts(data.attempts)})`;
    case 'saga.step-refused':
      return `${data.step}: ${data.code}, ${data.reason}`;
    case 'saga.step-unknown':
    case 'saga.undo-failed':
      return `${data.step}, ${attempts(data.attempts)}: ${data.reason}`;
    case 'saga.step-retried':
      return `${data.step}: attempt ${data.attempt + 1} in ${data.waitMs} ms, because ${data.reason} (breaker ${data.breaker})`;
    case 'saga.pivot-passed':
      return `${data.step}: from here on only forward`;
    case 'saga.waiting':
      return `${data.step}: round ${data.round + 1} at ${new Date(data.until).toISOString()}`;
    case 'saga.undoing':
      return `${data.steps.join(', ')}, because ${data.failure.code}`;
    case 'saga.undone':
      return `${data.saga}: ${data.failure.code}, ${data.failure.reason}`;
    case 'saga.needs-attention':
      return `${data.saga}: ${data.reason}`;
    case 'saga.intervened':
      return `an operator: ${data.action}${data.note ? `, ${data.note}` : ''}`;
  }
}

const attempts = (count: number): string => (count === 1 ? '1 attempt' : `${count} attempts`);
