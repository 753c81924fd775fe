import type { Order } from '@oms/client';
import type { ComponentChildren } from 'preact';
import { Copy } from '../ui/copy.tsx';
import { time } from '../words/format.ts';
import { statusText } from '../words/status.ts';

export function Facts({ order }: { order: Order }) {
  const { customer, paymentMethod, payment, reservation, shippingAddress, failure, saga, attentionReason } = order;
  return (
    <section class="card">
      <h2>Facts</h2>
      <dl class="facts">
        {failure && (
          <Fact name="Failure">
            {failure.reason} <span class="mono muted">{failure.code}</span>
          </Fact>
        )}
        {attentionReason && <Fact name="Needs attention">{attentionReason}</Fact>}
        {saga && (
          <Fact name="Under way">
            {saga.name}, {saga.step}
            {saga.nextTryAt && <span class="muted"> tried again at {time(saga.nextTryAt)}</span>}
          </Fact>
        )}
        <Fact name="Customer">
          {[customer.id, customer.name, customer.email, customer.phone].filter(Boolean).join(', ')}
        </Fact>
        <Fact name="Stock">{reservation ? statusText(reservation.status) : 'Not reserved'}</Fact>
        <Fact name="Payment">
          {payment ? statusText(payment.status) : 'None'} <span class="mono muted">{paymentMethod}</span>
        </Fact>
        <Fact name="Address">{shippingAddress ? addressOf(shippingAddress) : 'None yet'}</Fact>
        <Fact name="Placed">{time(order.createdAt)}</Fact>
        <Fact name="Changed">
          {time(order.updatedAt)} <span class="muted">(version {order.version})</span>
        </Fact>
      </dl>
      <div class="button-row">
        <Copy text={JSON.stringify(order, null, 2)} label="Copy as JSON" />
      </div>
    </section>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function addressOf(address: NonNullable<Order['shippingAddress']>): string {
  const { name, street, street2, city, region, zip, country } = address;
  return [name, street, street2, [zip, city].filter(Boolean).join(' '), region, country].filter(Boolean).join(', ');
}
