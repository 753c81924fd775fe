import { CloudEvent } from '../contracts/cloud-events.ts';

/** CloudEvents in Kafka's binary mode: the data is the message, everything else a header. */

export interface KafkaMessage {
  key: string;
  value: string;
  headers: Record<string, string>;
}

/** What travels as `ce_…`; the kind of data has a header of its own. */
export const ATTRIBUTES = [
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'sequence',
  'traceparent',
] as const;

export function messageOf(event: CloudEvent): KafkaMessage {
  const headers: Record<string, string> = { 'content-type': event.datacontenttype };
  for (const name of ATTRIBUTES) {
    const value = event[name];
    if (value !== undefined) headers[`ce_${name}`] = value;
  }
  return { key: event.subject, value: JSON.stringify(event.data), headers };
}

/** Throws if it is no CloudEvent of ours. */
export function eventOf({ value, headers }: Pick<KafkaMessage, 'value' | 'headers'>): CloudEvent {
  const attributes = ATTRIBUTES.map((name) => [name, headers[`ce_${name}`]]);
  return CloudEvent.parse({
    ...Object.fromEntries(attributes),
    datacontenttype: headers['content-type'],
    data: JSON.parse(value),
  });
}
