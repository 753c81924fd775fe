import type { Currency, OmsError } from '@oms/client';
import { useSignal } from '@preact/signals';
import { oms, problemOf } from '../data/api.ts';
import { fieldsOf } from '../ui/fields.ts';
import { ErrorBox } from '../ui/states.tsx';
import { say } from '../ui/toast.tsx';
import { CURRENCIES, decimalsOf } from '../words/currencies.ts';

const DEFAULT_CURRENCY = 'USD';

export function NewProduct({ onAdded }: { onAdded(): void }) {
  const problem = useSignal<OmsError | undefined>(undefined);
  const currency = useSignal(DEFAULT_CURRENCY);
  const add = async (event: SubmitEvent) => {
    const form = event.currentTarget as HTMLFormElement;
    const fields = fieldsOf(event);
    const [id, name] = [String(fields.get('id')), String(fields.get('name'))];
    problem.value = await problemOf(async () => {
      const price = Number(fields.get('price'));
      await oms().products.create({ id, name, price, currency: currency.value as Currency });
      await oms().inventory.add(id, { quantity: Number(fields.get('quantity')) });
    });
    if (problem.value) return;
    say('ok', `${name} is in the catalog and in stock.`);
    form.reset();
    currency.value = DEFAULT_CURRENCY;
    onAdded();
  };
  return (
    <form class="card form" onSubmit={add} aria-labelledby="new-product">
      <h2 id="new-product">A new product</h2>
      <label class="narrow">
        Id
        <input name="id" required pattern="[A-Za-z0-9_.:\-]{1,64}" />
      </label>
      <label>
        Name
        <input name="name" required maxLength={200} />
      </label>
      <label class="narrow">
        Price
        <input name="price" type="number" min={0} step={1 / 10 ** decimalsOf(currency.value)} required />
      </label>
      <label class="narrow">
        Currency
        <select value={currency.value} onChange={(event) => (currency.value = event.currentTarget.value)}>
          {CURRENCIES.map((code) => (
            <option key={code} value={code}>
              {code}
            </option>
          ))}
        </select>
      </label>
      <label class="narrow">
        Stock
        <input name="quantity" type="number" min={1} max={1000000} defaultValue="10" required />
      </label>
      <div class="button-row">
        <button type="submit">Add the product</button>
      </div>
      {problem.value && <ErrorBox problem={problem.value} />}
    </form>
  );
}
