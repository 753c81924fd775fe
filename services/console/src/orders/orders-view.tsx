import { useSignal } from '@preact/signals';
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import { restarts, rowsVersion, system } from '../data/live.ts';
import { type Filter, matching, pagesOf } from '../data/order-pages.ts';
import { isOperator } from '../data/session.ts';
import { replaceQuery, route } from '../shell/router.ts';
import { Head } from '../ui/head.tsx';
import { Icon } from '../ui/icon.tsx';
import { Empty, ErrorBox, Loading } from '../ui/states.tsx';
import { number } from '../words/format.ts';
import { ORDER, statusText } from '../words/status.ts';
import { OrderTable } from './order-table.tsx';
import { PlaceOrder } from './place-order.tsx';

const TYPING_MS = 300;

export function OrdersView() {
  const { query } = route.value;
  const filter: Filter = { status: query.get('status') ?? '', search: query.get('search') ?? '' };
  const { status, search } = filter;
  const pages = useMemo(() => pagesOf(filter), [status, search, restarts.value]);
  const isPlacing = useSignal(query.has('place'));
  const more = useCallback(() => void pages.more(), [pages]);
  useEffect(more, [more]);

  void rowsVersion.value;
  const found = matching(filter, pages);
  const isFiltered = status !== '' || search !== '';
  const stuck = system.value?.sagas.stuck ?? 0;

  return (
    <div class="list">
      <Head title="Orders">
        <button
          type="button"
          class="primary"
          aria-expanded={isPlacing.value}
          onClick={() => (isPlacing.value = !isPlacing.value)}
        >
          Place an order
        </button>
      </Head>
      {isPlacing.value && <PlaceOrder />}
      <search class="toolbar">
        <Search value={search} />
        <label class="inline">
          <span>Status</span>
          <select value={status} onChange={({ currentTarget }) => setQuery('status', currentTarget.value)}>
            <option value="">All</option>
            {isOperator.value && <option value="STUCK">Needs attention</option>}
            {Object.keys(ORDER).map((one) => (
              <option key={one} value={one}>
                {statusText(one)}
              </option>
            ))}
          </select>
        </label>
        {stuck > 0 && status !== 'STUCK' && (
          <button type="button" class="alarm" onClick={() => setQuery('status', 'STUCK')}>
            <Icon name="flag" /> {stuck} need attention
          </button>
        )}
        <p class="muted count">
          {number(found.length)}
          {pages.isDone.value ? '' : '+'} {found.length === 1 && pages.isDone.value ? 'order' : 'orders'}
        </p>
      </search>
      {pages.problem.value && <ErrorBox problem={pages.problem.value} retry={more} />}
      {found.length > 0 && <OrderTable rows={found} onNearEnd={more} />}
      {found.length === 0 && pages.isLoading.value && <Loading what="orders" />}
      {found.length === 0 && pages.isDone.value && <NoOrders isFiltered={isFiltered} status={status} />}
    </div>
  );
}

function NoOrders({ isFiltered, status }: { isFiltered: boolean; status: string }) {
  if (status === 'STUCK') {
    return (
      <Empty icon="ok" title="Nothing is stuck.">
        Every order goes its way without an operator.
      </Empty>
    );
  }
  if (isFiltered) {
    return (
      <Empty icon="orders" title="No order is like that.">
        <a href="#/orders">Show all orders</a>
      </Empty>
    );
  }
  return (
    <Empty icon="orders" title="No orders yet.">
      Place the first one above, and see it travel.
    </Empty>
  );
}

/** Searches when the user has stopped typing. */
function Search({ value }: { value: string }) {
  const typed = useSignal(value);
  useEffect(() => {
    typed.value = value;
  }, [value]);
  useEffect(() => {
    if (typed.value === value) return undefined;
    const timer = setTimeout(() => setQuery('search', typed.value.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed.value, value]);
  return (
    <input
      type="search"
      class="search"
      aria-label="Search by order, customer or item"
      placeholder="Order, customer or item"
      value={typed.value}
      onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
    />
  );
}

function setQuery(name: string, value: string): void {
  const query = new URLSearchParams(route.value.query);
  query.delete('place');
  if (value) query.set(name, value);
  else query.delete(name);
  replaceQuery(query);
}
