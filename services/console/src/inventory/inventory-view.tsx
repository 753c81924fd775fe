import type { StockLevel } from '@oms/shared/contracts/inventory';
import type { Product } from '@oms/shared/contracts/product';
import { useCallback } from 'preact/hooks';
import { call, getList, isProblem } from '../http/api.ts';
import { rowsVersion } from '../live/live-data.ts';
import { isOperator } from '../shell/session.ts';
import { say } from '../shell/toast.tsx';
import { number } from '../ui/format.ts';
import { Empty, Show } from '../ui/states.tsx';
import { useLoaded, useSettled } from '../ui/use-loaded.ts';
import { NewProduct } from './new-product.tsx';

/** Orders move stock: after a burst of them it is looked up again, and not for each. */
const SETTLE_MS = 700;
const FEW = 5;
/** More would be too many to look through. */
const MOST = 1_000;

interface Named extends StockLevel {
  name: string | undefined;
}

interface Stock {
  levels: Named[];
  isAll: boolean;
}

export function InventoryView() {
  const loaded = useLoaded(load);
  const reload = useCallback(loaded.reload, []);
  useSettled(rowsVersion, SETTLE_MS, reload);
  return (
    <>
      <div class="head">
        <h1 tabIndex={-1}>Inventory</h1>
        <p class="lead">What is there, and how much of it orders have reserved.</p>
      </div>
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
                <Level key={level.productId} level={level} onAdded={reload} />
              ))}
            </ul>
            {!isAll && <p class="muted">These are the first {number(levels.length)} products of more.</p>}
          </>
        )}
      </Show>
      {isOperator.value && <NewProduct onAdded={reload} />}
    </>
  );
}

async function load(signal: AbortSignal): Promise<Stock> {
  const [stock, products] = await Promise.all([
    getList<StockLevel>('/inventory', MOST, signal),
    // Without the catalog the stock is still worth showing.
    getList<Product>('/products', MOST, signal).catch(() => ({ items: [] })),
  ]);
  const names = new Map(products.items.map(({ id, name }) => [id, name]));
  const levels = stock.items.map((level) => ({ ...level, name: names.get(level.productId) }));
  return { levels, isAll: stock.nextCursor === null };
}

function Level({ level, onAdded }: { level: Named; onAdded(): void }) {
  const { productId, name, onHand, reserved, available, shipped } = level;
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
    event.preventDefault();
    const quantity = Number(new FormData(event.currentTarget as HTMLFormElement).get('quantity'));
    try {
      await call('PUT', `/inventory/${productId}`, { body: { quantity } });
      say('ok', `${quantity} added to ${productId}.`);
      onAdded();
    } catch (problem) {
      if (!isProblem(problem)) throw problem;
      say('bad', problem.detail);
    }
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
