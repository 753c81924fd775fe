import type { OrderStatus } from '@oms/client';
import { ORDER, type Tone } from '../words/status.ts';
import { Icon } from './icon.tsx';

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={tone} />
      <span>{children}</span>
    </span>
  );
}

export function OrderBadge({ status }: { status: OrderStatus }) {
  const [tone, text] = ORDER[status];
  return <Badge tone={tone}>{text}</Badge>;
}
