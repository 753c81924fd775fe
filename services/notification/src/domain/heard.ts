import type { CloudEvent } from '@oms/shared/contracts/cloud-events';

/** What was heard of an order, by the documents of other services that it was about. The events themselves are its own. */
export interface Heard {
  kind: 'heard';
  orderId: string;
  /** The newest event of each of these documents. */
  last: Readonly<Record<string, { version: number; at: number }>>;
}

/** With the event; unchanged if it was heard before. Events of one document come in order. */
export function withEvent(known: Heard | undefined, { id, source, subject, sequence, time }: CloudEvent): Heard {
  const heard = known ?? { kind: 'heard', orderId: subject, last: {} };
  const version = Number(sequence);
  const at = Date.parse(time);
  const document = `${source} ${id.slice(0, id.length - sequence.length - 1)}`;
  const newest = heard.last[document];
  // A document that was restored from a backup has other events under the same numbers, which are younger.
  if (newest && version <= newest.version && at <= newest.at) return heard;
  return { ...heard, last: { ...heard.last, [document]: { version, at } } };
}
