import type { FeedEvent } from '@oms/client';
import type { LivePast, LiveSystem } from '@oms/shared/contracts/gateway';
import { effect, signal, untracked } from '@preact/signals';
import { type Connection, follow } from './follow.ts';
import { OrderRows } from './order-rows.ts';
import { isSignedIn, mustSignIn } from './session.ts';

const KEPT_SAMPLES = 300;

export const connection = signal<Connection>('connecting');

/** The latest state of the whole system. */
export const system = signal<LiveSystem | undefined>(undefined);

/** Orders by outcome in the last minutes, oldest first. */
export const past = signal<LivePast>([]);

export const rows = new OrderRows();

/** Changes whenever the rows do, at most once per frame. */
export const rowsVersion = signal(0);

/** Changes when the feed has started again from its beginning: everything that was loaded before may be wrong. */
export const restarts = signal(0);

let waiting: FeedEvent[] = [];

/** Follows the gateway's live stream while a user is signed in, or need not be. */
export function startLive(): void {
  effect(() => {
    if (mustSignIn.value) return undefined;
    void isSignedIn.value;
    return untracked(() => follow('/live', { onMessage, onConnection: (now) => (connection.value = now) }));
  });
}

function onMessage({ event, data }: { event: string; data: string }): void {
  const content = JSON.parse(data);
  if (event === 'order') {
    if (waiting.push(content) === 1) requestAnimationFrame(applyWaiting);
  } else if (event === 'system') {
    system.value = content;
    past.value = [...past.value, content as LiveSystem].slice(-KEPT_SAMPLES);
  } else if (event === 'past') {
    past.value = content;
  } else if (event === 'anew') {
    waiting = [];
    rows.clear();
    restarts.value++;
  }
}

/** All events since the last frame are shown together, however many they are. */
function applyWaiting(): void {
  const events = waiting;
  waiting = [];
  for (const event of events) rows.apply(event);
  rowsVersion.value++;
}
