import type { Product } from '@oms/client';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { detailOf } from '../data/api.ts';
import { ADDRESS, Burst, type OrderRequest, type Placed, place } from '../data/burst.ts';
import { rows, rowsVersion } from '../data/live.ts';
import { loadProducts } from '../data/requests.ts';
import { isOperator, person } from '../data/session.ts';
import { useLoaded } from '../data/use-loaded.ts';
import { BurstProgress } from '../ui/burst-progress.tsx';
import { fieldsOf } from '../ui/fields.ts';
import { say } from '../ui/toast.tsx';
import { money, shortId } from '../words/format.ts';
import { statusText } from '../words/status.ts';

const METHODS = [
  ['tok_visa', 'pays'],
  ['tok_declined', 'is declined'],
  ['tok_lost_answer', 'pays, but the answer is lost once'],
  ['tok_outage', 'the provider fails each time'],
] as const;
const MOST_ORDERS = 1_000;

export function PlaceOrder() {
  const products = useLoaded(loadProducts);
  const burst = useMemo(() => new Burst(), []);
  const isPlacing = useSignal(false);

  const submit = async (event: SubmitEvent) => {
    const fields = fieldsOf(event);
    const request = requestOf(fields);
    const count = Number(fields.get('count'));
    isPlacing.value = true;
    try {
      if (count > 1) say('ok', summaryOf((await burst.run(request, count)).outcomes));
      else tell(await place(request));
    } finally {
      isPlacing.value = false;
    }
  };

  return (
    <form class="card form place" onSubmit={submit} aria-label="Place an order">
      <label>
        Product
        <select name="productId">
          {(products.value.value?.items ?? [{ id: 'PROD001', name: 'PROD001' } as Product]).map((product) => (
            <option key={product.id} value={product.id}>
              {product.name}
              {product.price === undefined ? '' : `, ${money(product.price, product.currency)}`}
            </option>
          ))}
        </select>
      </label>
      <label class="narrow">
        Quantity
        <input name="quantity" type="number" min={1} max={100000} defaultValue="1" required />
      </label>
      {isOperator.value && (
        <label class="narrow">
          Customer
          <input name="customerId" required pattern="[A-Za-z0-9_.:\-]{1,64}" defaultValue="ada" />
        </label>
      )}
      <label>
        Payment
        <select name="paymentMethod">
          {METHODS.map(([method, what]) => (
            <option key={method} value={method}>
              {method}: {what}
            </option>
          ))}
        </select>
      </label>
      <label class="narrow">
        How many orders
        <input name="count" type="number" min={1} max={MOST_ORDERS} defaultValue="1" required />
      </label>
      <label class="check">
        <input name="hold" type="checkbox" /> Hold it until it is confirmed
      </label>
      <div class="button-row">
        <button type="submit" class="primary" disabled={isPlacing.value}>
          {isPlacing.value ? 'Placing…' : 'Place'}
        </button>
        {isPlacing.value && !burst.progress.value.isOver && (
          <button type="button" onClick={() => burst.stop()}>
            Stop
          </button>
        )}
      </div>
      <BurstProgress progress={burst.progress.value} />
    </form>
  );
}

function requestOf(fields: FormData): OrderRequest {
  const text = (name: string) => String(fields.get(name) ?? '');
  return {
    customerId: text('customerId') || (person.value?.id ?? 'ada'),
    items: [{ productId: text('productId'), quantity: Number(text('quantity')) }],
    paymentMethod: text('paymentMethod'),
    autoConfirm: !fields.has('hold'),
    shippingAddress: ADDRESS,
  };
}

/** Shows the outcome of an order, also in the list of a user who has no live stream. */
function tell({ order, problem }: Placed): void {
  if (!order) {
    const { orderId } = problem.problem;
    say('bad', `${statusText(problem.code)}: ${detailOf(problem)}`, orderId && `#/orders/${orderId}`);
    return;
  }
  rows.merge([order]);
  rowsVersion.value++;
  const tone = order.status === 'PENDING' ? 'busy' : 'ok';
  say(tone, `Order ${shortId(order.id)}: ${statusText(order.status).toLowerCase()}.`, `#/orders/${order.id}`);
}

const summaryOf = (outcomes: Record<string, number>): string =>
  Object.entries(outcomes)
    .map(([outcome, count]) => `${count} ${statusText(outcome).toLowerCase()}`)
    .join(', ');
