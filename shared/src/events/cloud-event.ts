import { type Announcer, type CloudEvent, TOPICS } from '../contracts/cloud-events.ts';
import type { FeedEvent } from '../contracts/events.ts';
import { traceparentFrom } from '../telemetry/trace.ts';
import { formed } from './render.ts';

/** What the world is told of events. Only what its contract names goes out; events without a contract stay inside. */
export interface Told {
  events: CloudEvent[];
  /** Events that have a contract and do not fit it: nobody could read them, and they must not keep others back. */
  misfits: { event: FeedEvent; error: unknown }[];
}

export function toldOf(service: Announcer, feedEvents: readonly FeedEvent[]): Told {
  const told: Told = { events: [], misfits: [] };
  for (const event of feedEvents) {
    const schema = schemaOf(service, event.type);
    if (!schema) continue;
    try {
      const { data, dataVersion } = formed(event.type, event.data);
      const fitting = schema.parse({ ...data, ...(service === 'order' ? { orderId: event.stream } : {}) });
      told.events.push(cloudEventOf(service, { ...event, dataVersion }, fitting as Subject));
    } catch (error) {
      told.misfits.push({ event, error });
    }
  }
  return told;
}

type Subject = Record<string, unknown> & { orderId?: string; productId?: string };

const cloudEventOf = (service: Announcer, event: FeedEvent, data: Subject): CloudEvent => ({
  specversion: '1.0',
  id: event.id,
  source: `/${service}`,
  type: event.type,
  subject: (data.orderId ?? data.productId) as string,
  time: event.at,
  datacontenttype: 'application/json',
  sequence: String(event.version),
  dataversion: String(event.dataVersion),
  traceparent: traceparentFrom(event),
  data,
});

function schemaOf(service: Announcer, type: string) {
  const types: Record<string, { parse(data: unknown): unknown }> = TOPICS[service].types;
  return Object.hasOwn(types, type) ? types[type] : undefined;
}
