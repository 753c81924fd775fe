import { detailOf, oms, problemOf } from '../data/api.ts';
import { rowsVersion } from '../data/live.ts';
import { loadStock } from '../data/requests.ts';
import { isOperator } from '../data/session.ts';
import { useLoaded, useSettled } from '../data/use-loaded.ts';
import { fieldsOf } from '../ui/fields.ts';
import { Head } from '../ui/head.tsx';
import { Empty, Show } from '../ui/states.tsx';
import { say } from '../ui/toast.tsx';
import { number } from '../words/format.ts';
import { NewProduct } from './new-product.tsx';

/** Orders change the stock: it is loaded once after many of them, not after each. */
const SETTLE_MS = 700;
const FEW = 5;

type Level = Awaited<ReturnType<typeof loadStock>>['levels'][number];

export function InventoryView() {
  const loaded = useLoaded(loadStock);
  useSettled(rowsVersion, SETTLE_MS, loaded.reload);
  return (
    <>
      <Head title="Inventory" lead="What is there, and how much of it orders have reserved." />
      <Show loaded={loaded} what="the stock">
        {({ levels, isAll }) => (
          <>
            {levels.length === 0 && (
              <Empty icon="inventory" title="There is no stock.">
                {isOperator.value && 'Add some below.'}
              </Empty>
            )}
            <ul class="stock">
              {levels.map((level) => (
                <StockLevel key={level.productId} level={level} onAdded={loaded.reload} />
              ))}
            </ul>
            {!isAll && <p class="muted">These are the first {number(levels.length)} products of more.</p>}
          </>
        )}
      </Show>
      {isOperator.value && <NewProduct onAdded={loaded.reload} />}
    </>
  );
}

function StockLevel({ level, onAdded }: { level: Level; onAdded(): void }) {
  const { productId, name, onHand, reserved, available, shipped, withdrawn } = level;
  const share = (count: number) => ({ width: `${(count / Math.max(onHand, 1)) * 100}%` });
  return (
    <li class="card stock-level">
      <div>
        <h2>{name ?? productId}</h2>
        <p class="mono muted">{productId}</p>
      </div>
      <div>
        <p class="stock-figures">
          <strong class={available <= FEW ? 'bad-text' : ''}>{number(available)} available</strong>
          <span class="muted">
            {number(reserved)} reserved, {number(onHand)} on hand, {number(shipped)} shipped
          </span>
          {withdrawn && <span class="bad-text">deleted from the catalog: offered no more</span>}
        </p>
        <div class="meter" aria-hidden="true">
          <span class="ok" style={share(available)} />
          <span class="warn" style={share(reserved)} />
        </div>
      </div>
      {isOperator.value && <AddStock productId={productId} onAdded={onAdded} />}
    </li>
  );
}

function AddStock({ productId, onAdded }: { productId: string; onAdded(): void }) {
  const add = async (event: SubmitEvent) => {
    const quantity = Number(fieldsOf(event).get('quantity'));
    const problem = await problemOf(() => oms().inventory.add(productId, { quantity }));
    if (problem) return say('bad', detailOf(problem));
    say('ok', `${quantity} added to ${productId}.`);
    onAdded();
  };
  return (
    <form class="inline-form" onSubmit={add}>
      <input
        name="quantity"
        type="number"
        min={1}
        max={1000000}
        defaultValue="10"
        required
        aria-label={`How many of ${productId} to add`}
      />
      <button type="submit" class="small">
        Add
      </button>
    </form>
  );
}
