import { useSignal } from '@preact/signals';
import { call, isProblem, type Problem } from '../http/api.ts';
import { say } from '../shell/toast.tsx';
import { CURRENCIES, decimalsOf } from '../ui/currencies.ts';
import { ErrorBox } from '../ui/states.tsx';

const USUAL_CURRENCY = 'USD';

export function NewProduct({ onAdded }: { onAdded(): void }) {
  const problem = useSignal<Problem | undefined>(undefined);
  const currency = useSignal(USUAL_CURRENCY);
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const [id, name] = [String(fields.get('id')), String(fields.get('name'))];
    try {
      const price = Number(fields.get('price'));
      await call('POST', '/products', { body: { id, name, price, currency: currency.value } });
      await call('PUT', `/inventory/${id}`, { body: { quantity: Number(fields.get('quantity')) } });
      problem.value = undefined;
      say('ok', `${name} is in the catalog and in stock.`);
      form.reset();
      currency.value = USUAL_CURRENCY;
      onAdded();
    } catch (error) {
      if (!isProblem(error)) throw error;
      problem.value = error;
    }
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
      <div class="form-foot">
        <button type="submit">Add the product</button>
      </div>
      {problem.value && <ErrorBox problem={problem.value} />}
    </form>
  );
}
