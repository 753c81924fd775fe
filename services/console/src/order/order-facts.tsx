import type { Order } from '@oms/shared/contracts/order';
import type { Shipment } from '@oms/shared/contracts/shipping';
import type { ComponentChildren } from 'preact';
import { loadLabel } from '../data/requests.ts';
import { isOperator } from '../data/session.ts';
import { Copy } from '../ui/copy.tsx';
import { say } from '../ui/toast.tsx';
import { money, time } from '../words/format.ts';
import { statusText } from '../words/status.ts';

export function Items({ order: { items, total, currency } }: { order: Order }) {
  return (
    <section class="card">
      <h2>Items</h2>
      <table class="plain-table">
        <thead class="sr-only">
          <tr>
            <th scope="col">Item</th>
            <th scope="col">Price</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ productId, name, quantity, price, lineTotal }) => (
            <tr key={productId}>
              <td>
                {quantity} × {name ?? productId}
                <small class="muted">
                  {productId}, {price === undefined ? 'no price known' : `${money(price, currency)} each`}
                </small>
              </td>
              <td class="figure">{lineTotal !== undefined && money(lineTotal, currency)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td class="figure">{money(total, currency)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

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

export function Parcel({ shipment }: { shipment: Shipment }) {
  const { trackingNumber, carrier, status, history, estimatedDeliveryDays } = shipment;
  return (
    <section class="card">
      <h2>Shipment</h2>
      <p>
        <strong>{statusText(status)}</strong> with {carrier}, about {estimatedDeliveryDays} days
      </p>
      <p class="mono muted break">{trackingNumber}</p>
      <ol class="tracking">
        {history.map(({ status: was, at, location, notes }) => (
          <li key={at + was}>
            <span>{statusText(was)}</span>
            <span class="muted">{[time(at), location, notes].filter(Boolean).join(', ')}</span>
          </li>
        ))}
      </ol>
      {isOperator.value && (
        <div class="button-row">
          <button type="button" class="small" onClick={() => openLabel(trackingNumber)}>
            Open the label (PDF)
          </button>
        </div>
      )}
    </section>
  );
}

/** A link could not send a token. */
async function openLabel(trackingNumber: string): Promise<void> {
  const page = open('', '_blank');
  const label = await loadLabel(trackingNumber);
  if (label && page) {
    page.location = URL.createObjectURL(label);
  } else {
    page?.close();
    say('bad', 'The label cannot be opened now.');
  }
}

function addressOf(address: NonNullable<Order['shippingAddress']>): string {
  const { name, street, street2, city, region, zip, country } = address;
  return [name, street, street2, [zip, city].filter(Boolean).join(' '), region, country].filter(Boolean).join(', ');
}
