import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import { openApiOf } from '@oms/shared/http/openapi';
import type { Service, Step } from './step.ts';

/** The OpenAPI documents, as the services serve them. */

const SERVICES = Object.keys(EVERY_ENDPOINT) as Service[];

interface Described {
  description?: string;
  example?: unknown;
  $ref?: string;
}
interface Parameter extends Described {
  in: 'path' | 'query' | 'header';
  name: string;
  schema: Described;
}
export interface Operation {
  summary: string;
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: Described }> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Described> };
}

const DOCUMENTS = Object.fromEntries(
  SERVICES.map((service) => [service, openApiOf(service, '1.0.0', EVERY_ENDPOINT[service]) as Document]),
) as Record<Service, Document>;

/** Who has the endpoint: for the gateway has none but its own. */
export const ownerOf = ({ endpoint, at }: Step): Service =>
  SERVICES.find((service) => service === at && hasEndpoint(service, endpoint)) ??
  SERVICES.find((service) => hasEndpoint(service, endpoint)) ??
  (at as Service);

const hasEndpoint = (service: Service, endpoint: Step['endpoint']) =>
  EVERY_ENDPOINT[service].some((one) => one === endpoint);

/** The operation, as the document says it. */
export function operationOf(step: Step): Operation | undefined {
  return step.endpoint && DOCUMENTS[ownerOf(step)].paths[step.endpoint.path]?.[step.endpoint.method];
}

/** Headers that mean something to every route, or that a route has to put up with. */
const ANY_HEADERS = ['accept', 'content-type', 'origin', 'prefer', 'idempotency-key'];

/** Scenarios and documents cannot differ: what is asked with, and how it is refused, the document knows. */
export function compare(step: Step, operation: Operation): void {
  const names = (operation.parameters ?? []).map(({ name }) => name.toLowerCase());
  for (const { title, status, code } of step.expect) {
    const isKnown =
      status === undefined ||
      operation.responses[status]?.description.includes(code === undefined ? '' : `\`${code}\``);
    if (!isKnown) throw new Error(`${step.name}, ${title}: the document knows no ${status} ${code ?? ''}`);
  }
  for (const name of [...Object.keys(step.query ?? {}), ...Object.keys(step.headers ?? {})])
    if (![...names, ...ANY_HEADERS].includes(name.toLowerCase()))
      throw new Error(`${step.name}: the document knows no parameter ${name}`);
}

/** The body that the document shows. */
export function exampleOf({ path }: { path: string }, { requestBody }: Operation): unknown {
  const schema = requestBody?.content['application/json']?.schema ?? {};
  const { example } = schema.$ref ? resolve(schema.$ref) : schema;
  if (example === undefined) throw new Error(`${path}: neither the step nor the document gives a body`);
  return example;
}

function resolve(reference: string): Described {
  const name = reference.replace('#/components/schemas/', '');
  const found = SERVICES.map((service) => DOCUMENTS[service].components.schemas[name]).find(Boolean);
  if (!found) throw new Error(`no document has ${reference}`);
  return found;
}
