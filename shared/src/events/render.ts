import { type Announcer, CloudEvent, TOPICS } from '../contracts/cloud-events.ts';
import type { FeedEvent } from '../contracts/events.ts';
import { toAmount, USUAL_CURRENCY } from '../money.ts';
import type { StoredEvent } from '../store/store.ts';
import { traceparentFrom } from '../telemetry/trace.ts';

/**
 * Stored events count money in cents. Outside it has one form: decimals, as everywhere in the API, with the currency beside
 * them. That is version 2 of their data. In version 1, orders and products had cents, and payments had no currency.
 */
const DATA_VERSION = 2;

type Data = Record<string, unknown>;

/** An event's data in the form of today, whether it was stored, came from an older service, or has that form already. */
export function currentForm(type: string, data: Data): { data: Data; dataVersion: number } {
  const form = FORMS[type];
  const current = form ? form(data) : data;
  // Old events of payments did not name the currency, and nobody can tell it from them now.
  const isOld = type.startsWith('payment.') && current.currency === undefined;
  return { data: current, dataVersion: isOld ? 1 : DATA_VERSION };
}

function order(data: Data): Data {
  if (data.totalCents === undefined) return data;
  const { totalCents, decimals, ...rest } = data as Data & { totalCents: number; decimals?: number };
  const items = (data.items as { priceCents?: number }[]).map(({ priceCents, ...item }) => {
    return priceCents === undefined ? item : { ...item, price: toAmount(priceCents, decimals) };
  });
  const charges = (data.charges as { kind: string; cents: number }[] | undefined)?.map(({ cents, ...charge }) => {
    return { ...charge, amount: toAmount(Math.abs(cents), decimals) };
  });
  return { ...rest, items, ...(charges ? { charges } : {}), total: toAmount(totalCents, decimals) };
}

function product(data: Data): Data {
  if (data.priceCents === undefined) return data;
  const { priceCents, decimals, ...rest } = data as Data & { priceCents: number; decimals?: number };
  return { ...rest, price: toAmount(priceCents, decimals), currency: data.currency ?? USUAL_CURRENCY };
}

function moved(data: Data): Data {
  if (data.amountCents === undefined) return data;
  const { amountCents, decimals, ...rest } = data as Data & { amountCents: number; decimals?: number };
  return { ...rest, amount: toAmount(amountCents, decimals) };
}

/** What it moves is told, with its currency, when it is done. */
function started(data: Data): Data {
  if (!data.part) return data;
  const { cents: _, ...part } = data.part as Data;
  return { ...data, part };
}

const FORMS: Record<string, (data: Data) => Data> = {
  'order.placed': order,
  'order.parcel-shipped': moved,
  'order.lines-cancelled': moved,
  'order.lines-returned': moved,
  'order.refunded': moved,
  'saga.started': started,
  'product.created': product,
  'product.changed': product,
  'payment.authorized': moved,
  'payment.captured': moved,
  'payment.voided': moved,
  'payment.refunded': moved,
  'payment.declined': moved,
};

/** An event as the history of its subject shows it. */
export const renderEvent = ({ id, version, type, at, data, traceId }: StoredEvent) => ({
  id,
  version,
  type,
  at: new Date(at).toISOString(),
  ...currentForm(type, data as Data),
  traceId,
});

/** An event as the feed of its service shows it. */
export const renderFeedEvent = (event: StoredEvent): FeedEvent => ({
  ...renderEvent(event),
  stream: event.stream,
  spanId: event.spanId,
  position: event.position,
});

interface CloudEvents {
  events: CloudEvent[];
  /** Events that have a contract and do not fit it: nobody could read them, and they must not keep others back. */
  misfits: { event: FeedEvent; error: unknown }[];
}

/** Events as CloudEvents: only what their contract names. Events without a contract stay inside. */
export function cloudEventsOf(service: Announcer, feedEvents: readonly FeedEvent[]): CloudEvents {
  const types: Record<string, { parse(data: unknown): unknown }> = TOPICS[service].types;
  const all: CloudEvents = { events: [], misfits: [] };
  for (const event of feedEvents) {
    const schema = Object.hasOwn(types, event.type) ? types[event.type] : undefined;
    if (!schema) continue;
    try {
      const { data, dataVersion } = currentForm(event.type, event.data);
      const fitting = schema.parse({ ...data, ...(service === 'order' ? { orderId: event.stream } : {}) });
      all.events.push(cloudEventOf(service, { ...event, dataVersion }, fitting as Subject));
    } catch (error) {
      all.misfits.push({ event, error });
    }
  }
  return all;
}

type Subject = Data & { orderId?: string; productId?: string };

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

/** A CloudEvent in Kafka's binary mode: its data is the message, everything else a header. */
export interface KafkaMessage {
  key: string;
  value: string;
  headers: Record<string, string>;
}

/** The attributes with a header `ce_…`; the kind of data has a header of its own. */
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

/** The CloudEvent in a message, with its data in the form of today. Throws if there is none of ours. */
export function eventOf({ value, headers }: Pick<KafkaMessage, 'value' | 'headers'>): CloudEvent {
  const attributes = ATTRIBUTES.map((name) => [name, headers[`ce_${name}`]]);
  const event = CloudEvent.parse({
    ...Object.fromEntries(attributes),
    datacontenttype: headers['content-type'],
    data: JSON.parse(value),
  });
  const { data, dataVersion } = currentForm(event.type, event.data);
  return { ...event, data, dataversion: String(dataVersion) };
}
