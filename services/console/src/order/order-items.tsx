import type { Order } from '@oms/client';
import { money } from '../words/format.ts';
import { chargeText, isWhole, progressText } from '../words/parts.ts';

/** The lines of an order and its money. Where not all went the same way, each line says what has become of it. */
export function Items({ order }: { order: Order }) {
  const { items, currency } = order;
  const isInParts = !isWhole(order);
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
          {items.map((line) => (
            <tr key={line.lineId}>
              <td>
                {line.quantity} × {line.name ?? line.productId}
                <small class="muted">
                  {line.productId},{' '}
                  {line.price === undefined ? 'no price known' : `${money(line.price, currency)} each`}
                </small>
                {isInParts && <small class="progress">{progressText(line)}</small>}
              </td>
              <td class="figure">{line.lineTotal !== undefined && money(line.lineTotal, currency)}</td>
            </tr>
          ))}
        </tbody>
        <Money order={order} />
      </table>
    </section>
  );
}

function Money({ order: { items, charges, subtotal, total, captured, refunded, currency } }: { order: Order }) {
  return (
    <tfoot>
      {charges.length > 0 && <Sum name="Subtotal" amount={subtotal} currency={currency} isPlain />}
      {charges.map((charge, i) => {
        const amount = charge.kind === 'DISCOUNT' ? -charge.amount : charge.amount;
        return <Sum key={i} name={chargeText(charge, items)} amount={amount} currency={currency} isPlain />;
      })}
      <Sum name="Total" amount={total} currency={currency} />
      {captured > 0 && <Sum name="Captured" amount={captured} currency={currency} isPlain />}
      {refunded > 0 && <Sum name="Refunded" amount={refunded} currency={currency} isPlain />}
    </tfoot>
  );
}

interface Summed {
  name: string;
  amount: number;
  currency: string;
  isPlain?: boolean;
}

const Sum = ({ name, amount, currency, isPlain = false }: Summed) => (
  <tr class={isPlain ? 'plain-sum' : ''}>
    <th scope="row">{name}</th>
    <td class="figure">{money(amount, currency)}</td>
  </tr>
);
