import { CloudEvent } from '../contracts/cloud-events.ts';
import { formed } from './render.ts';

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
  'dataversion',
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

/** With its data in the form of today. Throws if it is no CloudEvent of ours. */
export function eventOf({ value, headers }: Pick<KafkaMessage, 'value' | 'headers'>): CloudEvent {
  const attributes = ATTRIBUTES.map((name) => [name, headers[`ce_${name}`]]);
  const event = CloudEvent.parse({
    ...Object.fromEntries(attributes),
    datacontenttype: headers['content-type'],
    data: JSON.parse(value),
  });
  const { data, dataVersion } = formed(event.type, event.data);
  return { ...event, data, dataversion: String(dataVersion) };
}
