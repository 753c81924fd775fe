import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { OrderRow } from '../data/order-rows.ts';
import { OrderBadge } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';
import { money, shortId, time } from '../words/format.ts';
import { windowOf } from './row-window.ts';

/** The same as in order-table.css. */
const ROW_PX = 44;
const NEAR_END_ROWS = 30;
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

const COLUMNS = [
  ['Placed', 'placed'],
  ['Order', 'id'],
  ['Customer', 'customer'],
  ['Items', 'items'],
  ['Total', 'total figure'],
  ['Status', 'status'],
] as const;

/** Draws only the visible ones of many thousand rows. Arrow keys move from one row to the next. */
export function OrderTable({ rows, onNearEnd }: { rows: readonly OrderRow[]; onNearEnd(): void }) {
  const scroller = useRef<HTMLElement>(null);
  const scrollTop = useSignal(0);
  const height = useSignal(600);
  const topRow = useRef<{ id: string; index: number } | undefined>(undefined);
  const shown = windowOf(rows.length, ROW_PX, scrollTop.value, height.value);

  useEffect(() => {
    const element = scroller.current as HTMLElement;
    const measure = new ResizeObserver(() => (height.value = element.clientHeight));
    measure.observe(element);
    return () => measure.disconnect();
  }, []);

  // New orders come in above. A user who has scrolled down keeps seeing the same rows.
  useLayoutEffect(() => {
    const element = scroller.current as HTMLElement;
    const before = topRow.current;
    if (element.scrollTop >= ROW_PX && before && rows[before.index]?.id !== before.id) {
      const now = rows.findIndex(({ id }) => id === before.id);
      if (now >= 0) element.scrollTop += (now - before.index) * ROW_PX;
    }
    remember();
  }, [rows]);

  useEffect(() => {
    if (shown.end >= rows.length - NEAR_END_ROWS) onNearEnd();
  }, [shown.end, rows.length, onNearEnd]);

  const remember = () => {
    const element = scroller.current as HTMLElement;
    const index = Math.floor(element.scrollTop / ROW_PX);
    const row = rows[index];
    topRow.current = row && { id: row.id, index };
    scrollTop.value = element.scrollTop;
  };

  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const id = (document.activeElement as HTMLElement | null)?.dataset.id;
    if (!step || !id) return;
    event.preventDefault();
    const index = rows.findIndex((row) => row.id === id);
    const next = Math.min(Math.max(index + step, 0), rows.length - 1);
    const element = scroller.current as HTMLElement;
    const [top, bottom] = [next * ROW_PX, (next + 2) * ROW_PX - element.clientHeight];
    if (element.scrollTop > top) element.scrollTop = top;
    else if (element.scrollTop < bottom) element.scrollTop = bottom;
    remember();
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-id="${rows[next]?.id}"]`)?.focus());
  };

  return (
    <section
      class="rows"
      ref={scroller}
      onScroll={remember}
      onKeyDown={move}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      aria-label="Orders"
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map(([title, css]) => (
              <th key={css} scope="col" class={css}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <Room px={shown.before} />
        <tbody>
          {rows.slice(shown.first, shown.end).map((row, i) => (
            <Row key={row.id} row={row} index={shown.first + i + 2} />
          ))}
        </tbody>
        <Room px={shown.after} />
      </table>
    </section>
  );
}

/** The space of the rows that are not drawn. */
const Room = ({ px }: { px: number }) => (
  <tbody aria-hidden="true" class="room">
    <tr>
      <td style={{ height: `${px}px` }} />
    </tr>
  </tbody>
);

function Row({ row, index }: { row: OrderRow; index: number }) {
  const { id, createdAt, customerId, items, total, currency, status, needsAttention, failure } = row;
  return (
    <tr aria-rowindex={index} class={needsAttention ? 'attention' : undefined}>
      <td class="placed muted">{time(createdAt)}</td>
      <td class="id">
        <a href={`#/orders/${id}`} data-id={id} class="mono" title={id}>
          {shortId(id)}
        </a>
      </td>
      <td class="customer ellipsis">{customerId}</td>
      <td class="items ellipsis" title={items}>
        {items}
      </td>
      <td class="total figure">{money(total, currency)}</td>
      <td class="status ellipsis">
        <OrderBadge status={status} />
        {needsAttention && (
          <span class="flag" title="Needs an operator">
            <Icon name="flag" />
            <span class="sr-only">needs an operator</span>
          </span>
        )}
        {failure && <span class="why muted">{failure}</span>}
      </td>
    </tr>
  );
}
