import type { FeedEvent } from '@oms/shared/contracts/events';
import type { LivePast, LiveSystem } from '@oms/shared/contracts/gateway';
import { effect, signal, untracked } from '@preact/signals';
import { type Connection, follow } from '../http/follow.ts';
import { OrderRows } from '../orders/order-rows.ts';
import { isSignedIn, mustSignIn } from '../shell/session.ts';

const KEPT_SAMPLES = 300;

export const connection = signal<Connection>('connecting');

/** The last that was heard of the whole system. */
export const system = signal<LiveSystem | undefined>(undefined);

/** Orders by outcome in the last minutes, oldest first. */
export const past = signal<LivePast>([]);

export const rows = new OrderRows();

/** Changes whenever the rows do, at most once in a frame. */
export const rowsVersion = signal(0);

/** Changes when what was looked up before may be out of date: the feed has begun anew. */
export const begunAnew = signal(0);

let waiting: FeedEvent[] = [];

/** Follows the gateway's live stream for as long as somebody is signed in, or nobody need be. */
export function startLive(): void {
  effect(() => {
    if (mustSignIn.value) return undefined;
    void isSignedIn.value;
    return untracked(() => follow('/live', { onMessage, onConnection: (now) => (connection.value = now) }));
  });
}

function onMessage({ event, data }: { event: string; data: string }): void {
  const told = JSON.parse(data);
  if (event === 'order') {
    if (waiting.push(told) === 1) requestAnimationFrame(takeOver);
  } else if (event === 'system') {
    system.value = told;
    past.value = [...past.value, told as LiveSystem].slice(-KEPT_SAMPLES);
  } else if (event === 'past') {
    past.value = told;
  } else if (event === 'anew') {
    waiting = [];
    rows.clear();
    begunAnew.value++;
  }
}

/** All that has come since the last frame, however much, is shown at once. */
function takeOver(): void {
  const events = waiting;
  waiting = [];
  for (const event of events) rows.apply(event);
  rowsVersion.value++;
}
