import type { Order } from '@oms/client';
import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { follow } from '../data/follow.ts';
import { loadWholeOrder } from '../data/requests.ts';
import { isOperator } from '../data/session.ts';
import { chaptersOf, type OrderEvent } from '../data/timeline.ts';
import { useLoaded, useSettled } from '../data/use-loaded.ts';
import { OrderBadge } from '../ui/badge.tsx';
import { Copy } from '../ui/copy.tsx';
import { Icon } from '../ui/icon.tsx';
import { Show } from '../ui/states.tsx';
import { money, shortId } from '../words/format.ts';
import { ActionBar } from './action-bar.tsx';
import { actionsFor } from './actions.ts';
import { GivenBackList } from './given-back.tsx';
import { Facts } from './order-facts.tsx';
import { Items } from './order-items.tsx';
import { Parcels } from './parcels.tsx';
import { TimelineView } from './timeline-view.tsx';

/** The order is loaded once for all events that come within this time. */
const GATHER_MS = 60;

export function OrderView({ id }: { id: string }) {
  const events = useSignal<readonly OrderEvent[]>([]);
  const loaded = useLoaded((signal) => loadWholeOrder(id, signal), [id]);
  const chapters = useComputed(() => chaptersOf(events.value));
  useSettled(events, GATHER_MS, loaded.reload);

  useEffect(() => {
    const onMessage = ({ event, data }: { event: string; data: string }) => {
      // The service has lost its memory, and sends all events again.
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
        {({ order, parcels, givenBack }) => (
          <>
            <p class="muted id-line">
              <span class="mono break">{order.id}</span> <Copy text={order.id} label="Copy id" />
            </p>
            <ActionBar actions={actionsFor(order, chapters.value, parcels, isOperator.value)} onDone={loaded.reload} />
            <div class="columns order-columns">
              <section class="card" aria-labelledby="story">
                <h2 id="story">What happened</h2>
                <TimelineView chapters={chapters.value} />
              </section>
              <div class="stack">
                <Items order={order} />
                {parcels.length > 0 && <Parcels parcels={parcels} order={order} />}
                <GivenBackList given={givenBack} order={order} />
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
