import type { Notification } from '@oms/shared/contracts/notification';
import { useSignal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import { call, get, isProblem } from '../http/api.ts';
import { rowsVersion } from '../live/live-data.ts';
import { say } from '../shell/toast.tsx';
import { shortId, time } from '../ui/format.ts';
import { Empty, Show } from '../ui/states.tsx';
import { Badge, statusText } from '../ui/status.tsx';
import { useLoaded, useSettled } from '../ui/use-loaded.ts';

/** A message is sent a moment after what it tells of. */
const SETTLE_MS = 1_000;
const MOST = 100;
const TONES = { SENT: 'ok', PENDING: 'busy', DEAD: 'bad', WITHHELD: 'plain' } as const;
const ID = /^[A-Za-z0-9_.:-]{1,64}$/;

export function NotificationsView() {
  const status = useSignal('');
  const orderId = useSignal('');
  const loaded = useLoaded((signal) => load(status.value, orderId.value, signal), [status.value, orderId.value]);
  const reload = useCallback(loaded.reload, []);
  useSettled(rowsVersion, SETTLE_MS, reload);
  return (
    <>
      <div class="head">
        <h1 tabIndex={-1}>Messages</h1>
        <p class="lead">What customers were told: one message for everything that means something to them.</p>
      </div>
      <search class="toolbar">
        <input
          type="search"
          class="search"
          aria-label="Of the order with this id"
          placeholder="Id of an order"
          onInput={({ currentTarget }) => {
            orderId.value = currentTarget.value.trim();
          }}
        />
        <label class="inline">
          <span>Status</span>
          <select
            onChange={({ currentTarget }) => {
              status.value = currentTarget.value;
            }}
          >
            <option value="">All</option>
            <option value="SENT">Sent</option>
            <option value="PENDING">Pending</option>
            <option value="DEAD">Given up</option>
            <option value="WITHHELD">Withheld</option>
          </select>
        </label>
      </search>
      <Show loaded={loaded} what="the messages">
        {(messages) =>
          messages.length === 0 ? (
            <Empty icon="notifications" title="No messages.">
              {status.value || orderId.value ? 'None is like that.' : 'Place an order, and its customer is told.'}
            </Empty>
          ) : (
            <>
              <ul class="messages">
                {messages.map((message) => (
                  <Message key={message.id} message={message} onChanged={reload} />
                ))}
              </ul>
              {messages.length === MOST && (
                <p class="muted">These are the newest. Older ones are found by the id of their order.</p>
              )}
            </>
          )
        }
      </Show>
    </>
  );
}

async function load(status: string, orderId: string, signal: AbortSignal): Promise<Notification[]> {
  if (orderId && !ID.test(orderId)) return [];
  const query = new URLSearchParams({ limit: String(MOST) });
  if (status) query.set('status', status);
  if (orderId) query.set('orderId', orderId);
  return (await get<{ items: Notification[] }>(`/notifications?${query}`, signal)).items;
}

function Message({ message, onChanged }: { message: Notification; onChanged(): void }) {
  const { id, orderId, kind, channel, to, subject, body, status, attempts, at, reason } = message;
  const retry = async () => {
    try {
      await call('POST', `/notifications/${id}/retry`);
      say('ok', 'It will be sent again.');
      onChanged();
    } catch (problem) {
      if (!isProblem(problem)) throw problem;
      say('bad', problem.detail);
    }
  };
  return (
    <li class="card message">
      <div class="message-head">
        <h2>{subject ?? statusText(kind.replaceAll('-', '_'))}</h2>
        <Badge tone={TONES[status]}>{status === 'DEAD' ? 'Given up' : statusText(status)}</Badge>
      </div>
      <p class="muted">
        {time(at)} to {to ?? 'somebody'} by {channel ?? 'a channel to be found'}
        {attempts > 1 && `, ${attempts} attempts`}, about{' '}
        <a href={`#/orders/${orderId}`} class="mono">
          {shortId(orderId)}
        </a>
      </p>
      {reason && <p class="bad-text">{reason}</p>}
      {body && (
        <details>
          <summary>Read it</summary>
          <pre>{body}</pre>
        </details>
      )}
      {(status === 'DEAD' || status === 'WITHHELD') && (
        <button type="button" class="small" onClick={retry}>
          Send it again
        </button>
      )}
    </li>
  );
}
