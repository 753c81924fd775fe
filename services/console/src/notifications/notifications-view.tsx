import type { Notification } from '@oms/client';
import { useSignal } from '@preact/signals';
import { detailOf, oms, problemOf } from '../data/api.ts';
import { rowsVersion } from '../data/live.ts';
import { loadMessages, MOST_MESSAGES } from '../data/requests.ts';
import { useLoaded, useSettled } from '../data/use-loaded.ts';
import { Badge } from '../ui/badge.tsx';
import { Head } from '../ui/head.tsx';
import { Empty, Show } from '../ui/states.tsx';
import { say } from '../ui/toast.tsx';
import { shortId, time } from '../words/format.ts';
import { MESSAGE, statusText } from '../words/status.ts';

/** A message is sent a moment after the event. */
const SETTLE_MS = 1_000;

export function NotificationsView() {
  const status = useSignal('');
  const orderId = useSignal('');
  const loaded = useLoaded(
    (signal) => loadMessages(status.value, orderId.value, signal),
    [status.value, orderId.value],
  );
  useSettled(rowsVersion, SETTLE_MS, loaded.reload);
  return (
    <>
      <Head
        title="Messages"
        lead="What customers were told: one message for everything that means something to them."
      />
      <search class="toolbar">
        <input
          type="search"
          class="search"
          aria-label="Of the order with this id"
          placeholder="Id of an order"
          onInput={({ currentTarget }) => (orderId.value = currentTarget.value.trim())}
        />
        <label class="inline">
          <span>Status</span>
          <select onChange={({ currentTarget }) => (status.value = currentTarget.value)}>
            <option value="">All</option>
            {Object.entries(MESSAGE).map(([one, [, text]]) => (
              <option key={one} value={one}>
                {text}
              </option>
            ))}
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
                  <Message key={message.id} message={message} onChanged={loaded.reload} />
                ))}
              </ul>
              {messages.length === MOST_MESSAGES && (
                <p class="muted">These are the newest. Older ones are found by the id of their order.</p>
              )}
            </>
          )
        }
      </Show>
    </>
  );
}

function Message({ message, onChanged }: { message: Notification; onChanged(): void }) {
  const { id, orderId, kind, channel, to, subject, body, status, attempts, at, reason } = message;
  const retry = async () => {
    const problem = await problemOf(() => oms().notifications.retry(id));
    if (problem) return say('bad', detailOf(problem));
    say('ok', 'It will be sent again.');
    onChanged();
  };
  const [tone, text] = MESSAGE[status];
  return (
    <li class="card message">
      <div class="message-head">
        <h2>{subject ?? statusText(kind.replaceAll('-', '_'))}</h2>
        <Badge tone={tone}>{text}</Badge>
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
