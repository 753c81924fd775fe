import type * as Conventions from '@opentelemetry/semantic-conventions/incubating';
import type { CloudEvent } from '../contracts/cloud-events.ts';

/** The names of OpenTelemetry's semantic conventions. Only types are taken from there: to load all names would take 25 ms. */
type Named = typeof Conventions;
type Conventional = Extract<
  { [Name in keyof Named]: Name extends `ATTR_${string}` ? Named[Name] : never }[keyof Named],
  string
>;

/** Names for what only this system has. */
type Own = 'attempt' | 'breaker' | `order.${string}` | `saga.${string}` | `notification.${string}`;

/** What a span says of its work. No personal data and no payment token may go into it. */
export type Attributes = Readonly<Partial<Record<Conventional | Own, string | number | boolean>>>;

/** The methods that the conventions know. Clients can make up others: those have one name in spans and metrics. */
const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);
const OTHER = '_OTHER';

export const knownMethod = (method: string): string => (METHODS.has(method) ? method : OTHER);

/** What a span is called before its route is known. */
export const nameOfRequest = (method: string): string => (METHODS.has(method) ? method : 'HTTP');

export const methodOf = (method: string): Attributes =>
  METHODS.has(method)
    ? { 'http.request.method': method }
    : { 'http.request.method': OTHER, 'http.request.method_original': method };

/** Stands for what may be personal. */
export const REDACTED = 'REDACTED';

/** The path of a request without the parameters of its route. */
export const pathOf = (route: string | undefined): string =>
  route?.replaceAll(/\{\w+\}|\*/g, REDACTED) ?? `/${REDACTED}`;

/** A message, and what is done with it where. */
export const messageOf = (
  { id, type, subject }: Pick<CloudEvent, 'id' | 'type' | 'subject'>,
  operation: string,
  operationType: 'send' | 'process',
  system: string,
  destination: string,
): Attributes => ({
  'messaging.system.name': system,
  'messaging.operation.name': operation,
  'messaging.operation.type': operationType,
  'messaging.destination.name': destination,
  'messaging.message.id': id,
  'cloudevents.event_id': id,
  'cloudevents.event_type': type,
  'cloudevents.event_subject': subject,
});

/** Where a request is sent. */
export function addressedTo(origin: string, route: string | undefined): Attributes {
  const { hostname, port, protocol } = new URL(origin);
  return {
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    'url.full': origin + pathOf(route),
  };
}
