import type { OrderStatus } from '@oms/shared/contracts/order';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'ok' | 'bad' | 'warn' | 'busy' | 'plain';

/** Colour and shape say the same, and the text says it too. */
const SHAPES: Record<Tone, IconName> = { ok: 'ok', bad: 'bad', warn: 'warn', busy: 'busy', plain: 'dot' };

export const TONE_OF: Record<OrderStatus, Tone> = {
  PENDING: 'busy',
  AWAITING_CONFIRMATION: 'warn',
  CONFIRMED: 'ok',
  PROCESSING: 'busy',
  SHIPPED: 'ok',
  DELIVERED: 'ok',
  REJECTED: 'bad',
  CANCELLING: 'busy',
  CANCELLED: 'plain',
  RETURNED: 'plain',
};

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={SHAPES[tone]} />
      <span>{children}</span>
    </span>
  );
}

export const statusText = (status: string): string => {
  const words = status.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export function OrderBadge({ status }: { status: OrderStatus }) {
  return <Badge tone={TONE_OF[status]}>{status === 'AWAITING_CONFIRMATION' ? 'Awaits you' : statusText(status)}</Badge>;
}
