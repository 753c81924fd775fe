import type { OrderStatus } from '@oms/shared/contracts/order';
import { ORDER, type Tone } from '../words/status.ts';
import { Icon, type IconName } from './icon.tsx';

/** A status is never shown by its colour alone. */
const SHAPES: Record<Tone, IconName> = { ok: 'ok', bad: 'bad', warn: 'warn', busy: 'busy', plain: 'dot' };

export const ToneIcon = ({ tone }: { tone: Tone }) => <Icon name={SHAPES[tone]} />;

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span class={`badge ${tone}`}>
      <ToneIcon tone={tone} />
      <span>{children}</span>
    </span>
  );
}

export function OrderBadge({ status }: { status: OrderStatus }) {
  const [tone, text] = ORDER[status];
  return <Badge tone={tone}>{text}</Badge>;
}
