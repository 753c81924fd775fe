import type { Order } from '@oms/shared/contracts/order';
import type { Shipment } from '@oms/shared/contracts/shipping';
import { useComputed, useSignal } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';
import { get } from '../http/api.ts';
import { follow } from '../http/follow.ts';
import { isOperator } from '../shell/session.ts';
import { Copy } from '../ui/copy.tsx';
import { money, shortId } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { Show } from '../ui/states.tsx';
import { OrderBadge } from '../ui/status.tsx';
import { useLoaded, useSettled } from '../ui/use-loaded.ts';
import { ActionBar } from './action-bar.tsx';
import { actionsFor } from './actions.ts';
import { Facts, Items, Parcel } from './order-facts.tsx';
import { chaptersOf, type OrderEvent } from './timeline.ts';
import { TimelineView } from './timeline-view.tsx';

/** So long, events that come together are one reason to look at the order again. */
const GATHER_MS = 60;

interface Known {
  order: Order;
  shipment: Shipment | undefined;
}

export function OrderView({ id }: { id: string }) {
  const events = useSignal<readonly OrderEvent[]>([]);
  const loaded = useLoaded((signal) => load(id, signal), [id]);
  const chapters = useComputed(() => chaptersOf(events.value));
  const reload = useCallback(loaded.reload, []);
  useSettled(events, GATHER_MS, reload);

  useEffect(() => {
    const onMessage = ({ event, data }: { event: string; data: string }) => {
      // A service that has lost its memory tells its story from the start.
      if (event === 'anew') events.value = [];
      else events.value = [...events.value, JSON.parse(data)];
    };
    return follow(`/orders/${id}/events`, { onMessage });
  }, [id]);

  const known = loaded.value.value;
  return (
    <>
      <p class="crumb">
        <a href="#/orders">Orders</a>
      </p>
      <div class="head">
        <h1 tabIndex={-1}>
          Order <span class="mono">{shortId(id)}</span>
        </h1>
        {known && <Standing order={known.order} />}
      </div>
      <Show loaded={loaded} what="the order">
        {({ order, shipment }) => (
          <>
            <p class="muted id-line">
              <span class="mono break">{order.id}</span> <Copy text={order.id} label="Copy id" />
            </p>
            <ActionBar actions={actionsFor(order, chapters.value, shipment, isOperator.value)} onDone={reload} />
            <div class="columns order-columns">
              <section class="card" aria-labelledby="story">
                <h2 id="story">What happened</h2>
                <TimelineView chapters={chapters.value} />
              </section>
              <div class="stack">
                <Items order={order} />
                {shipment && <Parcel shipment={shipment} />}
                <Facts order={order} />
              </div>
            </div>
          </>
        )}
      </Show>
    </>
  );
}

function Standing({ order: { status, needsAttention, attentionReason, total, currency } }: { order: Order }) {
  return (
    <>
      <span aria-live="polite">
        <OrderBadge status={status} />
      </span>
      {needsAttention && (
        <span class="alarm" title={attentionReason}>
          <Icon name="flag" /> Needs an operator
        </span>
      )}
      <p class="head-total">{money(total, currency)}</p>
    </>
  );
}

/** The parcel is looked up with its order; one that cannot be looked up is no reason not to show the order. */
async function load(id: string, signal: AbortSignal): Promise<Known> {
  const order = await get<Order>(`/orders/${encodeURIComponent(id)}`, signal);
  const shipment = order.shipment && (await get<Shipment>(`/orders/${order.id}/track`, signal).catch(() => undefined));
  return { order, shipment };
}
