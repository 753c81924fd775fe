import * as names from '@opentelemetry/semantic-conventions/incubating';

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span as OpenTelemetry's protocol sends it. */
export interface ExportedSpan {
  name: string;
  kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  failed: boolean;
  attributes: Attributes;
  resource: Attributes;
}

type Told = readonly { key: string; value: Record<string, string | number | boolean> }[];
interface Body {
  resourceSpans: {
    resource: { attributes: Told };
    scopeSpans: { spans: { name: string; kind: number; attributes: Told; status: { code?: number } }[] }[];
  }[];
}
const KINDS = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
const ERROR = 2;

/** The spans in a body that an exporter has sent. */
export const spansIn = (body: string): ExportedSpan[] =>
  (JSON.parse(body) as Body).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ name, kind, attributes, status }) => ({
        name,
        kind: KINDS[kind] as ExportedSpan['kind'],
        failed: status.code === ERROR,
        attributes: attributesOf(attributes),
        resource: attributesOf(resource.attributes),
      })),
  );

const attributesOf = (told: Told): Attributes =>
  Object.fromEntries(told.map(({ key, value }) => [key, Object.values(value)[0]]));

const valuesOf = (beginning: string) =>
  new Set<unknown>(Object.entries(names).flatMap(([name, value]) => (name.startsWith(beginning) ? [value] : [])));
const KNOWN = valuesOf('ATTR_');
const METHODS = valuesOf('HTTP_REQUEST_METHOD_VALUE_');
/** What has no name there, because only this system has it. */
const OURS = /^(?:attempt|breaker|(?:order|saga|notification)\.[\w.]+)$/;

/** What every process says of itself. */
const OF_PROCESS = [
  names.ATTR_SERVICE_NAME,
  names.ATTR_SERVICE_VERSION,
  names.ATTR_SERVICE_INSTANCE_ID,
  names.ATTR_TELEMETRY_SDK_LANGUAGE,
  names.ATTR_TELEMETRY_SDK_NAME,
  names.ATTR_TELEMETRY_SDK_VERSION,
];
const missing = (key: string) => `${key} is missing`;

/** Where a span does not keep the conventions. */
export function breachesOf(span: ExportedSpan): string[] {
  const { kind, name, attributes } = span;
  const breaches = Object.keys(attributes)
    .filter((key) => !KNOWN.has(key) && !OURS.test(key))
    .map((key) => `${key} is no name`);
  breaches.push(...breachesOfFailure(span), ...OF_PROCESS.filter((key) => !span.resource[key]).map(missing));
  const rules = rulesFor(span);
  if (kind !== rules.kind) breaches.push(`its kind is ${kind}`);
  breaches.push(...rules.has.filter((key) => attributes[key] === undefined).map(missing));
  if (!rules.name.test(name)) breaches.push(`it is not called ${rules.name}`);
  return breaches.map((breach) => `${name}: ${breach}`);
}

/** The kinds of errors are few: no texts with numbers, addresses or ids. */
const FEW = /^(?:\d{3}|[A-Za-z_]+(?: [a-z]+)*)$/;

/** A refusal (4xx) is an answer, and no failure: the caller knows what it means. */
function breachesOfFailure({ attributes, failed }: ExportedSpan): string[] {
  const { [names.ATTR_ERROR_TYPE]: type, [names.ATTR_HTTP_RESPONSE_STATUS_CODE]: status } = attributes;
  if (type !== undefined && !FEW.test(String(type))) return [`error.type is one of many: ${type}`];
  if (failed !== (type !== undefined)) return [`failed: ${failed}, but error.type: ${type}`];
  if (status === undefined) return [];
  const isError = Number(status) >= 500;
  return isError === failed && (!failed || type === String(status)) ? [] : [`${status}, but error.type: ${type}`];
}

interface Rules {
  kind: ExportedSpan['kind'];
  has: readonly string[];
  name: RegExp;
}

/** What a span has to be like, by what it is about. */
function rulesFor(span: ExportedSpan): Rules {
  const { kind, attributes } = span;
  if (attributes[names.ATTR_DB_SYSTEM_NAME] !== undefined) return ofDatabase(span);
  if (attributes[names.ATTR_MESSAGING_SYSTEM_NAME] !== undefined) return ofMessage(span);
  if (kind === 'SERVER') return ofServer(span);
  if (kind === 'CLIENT') return ofClient(span);
  return { kind: kind === 'CONSUMER' ? 'INTERNAL' : kind, has: [], name: /^[a-z -]+$/ };
}

const ofDatabase = ({ attributes, failed }: ExportedSpan): Rules => ({
  kind: 'CLIENT',
  has: failed ? [] : [names.ATTR_SERVER_ADDRESS, names.ATTR_SERVER_PORT, names.ATTR_DB_NAMESPACE],
  name: exactly(attributes[names.ATTR_DB_QUERY_SUMMARY]),
});

const ofMessage = ({ attributes }: ExportedSpan): Rules => ({
  kind: attributes[names.ATTR_MESSAGING_OPERATION_TYPE] === 'send' ? 'PRODUCER' : 'CONSUMER',
  has: [names.ATTR_MESSAGING_DESTINATION_NAME, names.ATTR_MESSAGING_MESSAGE_ID],
  name: exactly(attributes[names.ATTR_MESSAGING_OPERATION_NAME], attributes[names.ATTR_CLOUDEVENTS_EVENT_TYPE]),
});

const ofServer = ({ attributes }: ExportedSpan): Rules => ({
  kind: 'SERVER',
  has: [
    ...ofMethod(attributes),
    names.ATTR_URL_PATH,
    names.ATTR_URL_SCHEME,
    names.ATTR_HTTP_RESPONSE_STATUS_CODE,
    names.ATTR_NETWORK_PROTOCOL_VERSION,
  ],
  name: exactly(nameOf(attributes), attributes[names.ATTR_HTTP_ROUTE]),
});

/** It is called after the service instead of the path. A call that the open circuit breaker refuses has no address. */
const ofClient = ({ attributes, failed }: ExportedSpan): Rules => ({
  kind: 'CLIENT',
  has: [
    ...ofMethod(attributes),
    ...(attributes.breaker === 'OPEN' ? [] : [names.ATTR_SERVER_ADDRESS, names.ATTR_SERVER_PORT, names.ATTR_URL_FULL]),
    ...(failed ? [] : [names.ATTR_HTTP_RESPONSE_STATUS_CODE]),
  ],
  name: exactly(nameOf(attributes), attributes[names.ATTR_PEER_SERVICE]),
});

const isKnown = (attributes: Attributes) =>
  attributes[names.ATTR_HTTP_REQUEST_METHOD] !== names.HTTP_REQUEST_METHOD_VALUE_OTHER;
const nameOf = (attributes: Attributes) => (isKnown(attributes) ? attributes[names.ATTR_HTTP_REQUEST_METHOD] : 'HTTP');
const ofMethod = (attributes: Attributes) => {
  if (!isKnown(attributes)) return [names.ATTR_HTTP_REQUEST_METHOD_ORIGINAL];
  return METHODS.has(attributes[names.ATTR_HTTP_REQUEST_METHOD]) ? [] : [names.ATTR_HTTP_REQUEST_METHOD];
};

const exactly = (...parts: unknown[]) =>
  new RegExp(
    `^${parts
      .filter((part) => part !== undefined)
      .join(' ')
      .replaceAll(/[{}*.]/g, '\\$&')}$`,
  );
