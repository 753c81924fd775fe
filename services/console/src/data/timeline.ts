import type { FeedEvent } from '@oms/client';
import { type Data, type EntryText, entryText, sagaTitle } from '../words/timeline.ts';

export type OrderEvent = Omit<FeedEvent, 'stream' | 'position' | 'dataVersion'>;

/** One event. `from` and `to` are when its work began and ended. */
export interface Entry extends EntryText {
  id: string;
  from: number;
  to: number;
  /** Nothing was done in this time. */
  isWait: boolean;
}

/** A saga, or events of the order outside a saga. */
export interface Chapter {
  title: string;
  saga: string | undefined;
  startedAt: number;
  endedAt: number | undefined;
  outcome: 'running' | 'done' | 'undone' | 'none';
  isUndoing: boolean;
  pivotPassed: boolean;
  entries: Entry[];
}

export function chaptersOf(events: readonly OrderEvent[]): Chapter[] {
  const chapters: Chapter[] = [];
  const parcels = new Map<string | undefined, number>();
  let current: Chapter | undefined;
  const begin = (saga: string | undefined, at: number, part?: Data['part']) => {
    const title = saga ? sagaTitle(saga, part) : 'In between';
    const outcome = saga ? 'running' : 'none';
    const flags = { isUndoing: false, pivotPassed: false };
    current = { title, saga, startedAt: at, endedAt: undefined, outcome, ...flags, entries: [] };
    chapters.push(current);
    return current;
  };
  for (const event of events) {
    const at = Date.parse(event.at);
    const data = event.data as unknown as Data;
    if (event.type === 'order.placed') begin('place-order', at);
    else if (event.type === 'saga.started') begin(data.saga, at, data.part);
    // The change of status that a saga leads to comes just before its end.
    const ends = isEnd(event.type) && current?.saga === data.saga;
    const chapter =
      current && (ends || current.outcome === 'running' || !current.saga) ? current : begin(undefined, at);
    if (data.shipment && data.number !== undefined) parcels.set(data.shipment.id, data.number);
    const number = data.number ?? parcels.get(data.shipment?.id);
    chapter.entries.push(entryOf(event, { ...data, ...(number === undefined ? {} : { number }) }, at));
    update(chapter, event, at);
  }
  return chapters;
}

const isEnd = (type: string): boolean => type === 'saga.done' || type === 'saga.undone';

/** What an event means for its saga. */
function update(chapter: Chapter, { type, data }: OrderEvent, at: number): void {
  if (type === 'saga.undoing') chapter.isUndoing = true;
  if (type === 'saga.pivot-passed') chapter.pivotPassed = true;
  if (!chapter.saga) return;
  if (chapter.outcome === 'running' && (isEnd(type) || (type === 'order.status-changed' && !chapter.isUndoing))) {
    const isUndone =
      chapter.isUndoing || type === 'saga.undone' || data.newStatus === 'REJECTED' || data.newStatus === 'CANCELLING';
    chapter.outcome = isUndone ? 'undone' : 'done';
    chapter.endedAt = at;
  }
}

function entryOf({ id, type }: OrderEvent, data: Data, at: number): Entry {
  const ms = data.ms ?? 0;
  const waitMs = type === 'saga.step-retried' ? data.waitMs : type === 'saga.waiting' ? data.until - at : 0;
  return { id, ...entryText(type, data), from: at - ms, to: at + Math.max(0, waitMs), isWait: waitMs > 0 };
}
