import { compare, exampleOf, type Operation, operationOf, ownerOf } from './documents.ts';
import { NumberOf } from './matcher.ts';
import type { Step } from './step.ts';

/** What a path is about if a step does not say so. */
const USUAL = {
  '/orders/{id}': '{{orderId}}',
  '/payments/{id}': '{{paymentId}}',
  '/shipments/{id}': '{{shipmentId}}',
  '/shipping/{id}': '{{shipmentId}}',
  '/shipments/track/{trackingNumber}': '{{trackingNumber}}',
  '/shipments/labels/{trackingNumber}': '{{trackingNumber}}',
  '/inventory/{productId}': 'prod1',
  '/inventory/reservations/{orderId}': '{{reservedFor}}',
  '/products/{productId}': '{{productId}}',
  '/notifications/{id}': '{{notificationId}}',
  '/webhooks/{id}': '{{webhookId}}',
};

/** Postman's request: what the step gives, and beside it, switched off, what else the document knows. */
export function requestOf(step: Step): object {
  const operation = operationOf(step);
  if (operation) compare(step, operation);
  const body = bodyOf(step, operation);
  return {
    method: step.method,
    header: headersOf(step, operation, body !== undefined),
    ...(body === undefined ? {} : { body }),
    url: urlOf(step, operation),
    description: operation ? `${step.about}\n\n\`${step.method} ${step.path}\`: ${operation.summary}.` : step.about,
  };
}

function urlOf(step: Step, operation?: Operation): object {
  const host = `{{${step.at ?? ownerOf(step)}Url}}`;
  const usual = Object.entries(USUAL).find(([start]) => step.path.startsWith(start))?.[1];
  const path = step.path.replaceAll(/\{(\w+)\}(?!\})/g, (whole, name: string) => {
    const value = step.params?.[name] ?? usual;
    if (value === undefined) throw new Error(`${step.name}: what is ${whole}?`);
    return value;
  });
  const given = Object.entries(step.query ?? {}).map(([key, value]) => ({ key, value: inQuery(value) }));
  const query = [...given, ...others(operation, 'query', Object.keys(step.query ?? {}))];
  const search = given.map(({ key, value }) => `${key}=${value}`).join('&');
  return {
    raw: `${host}${path}${search && `?${search}`}`,
    host: [host],
    path: path.slice(1).split('/'),
    ...(query.length > 0 ? { query } : {}),
  };
}

const inQuery = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function headersOf(step: Step, operation: Operation | undefined, hasBody: boolean): object[] {
  const headers = { ...(hasBody ? { 'Content-Type': 'application/json' } : {}), ...step.headers };
  const given = Object.entries(headers).map(([key, value]) => ({ key, value }));
  const further = Object.keys(operation?.responses[200]?.content ?? {}).slice(1);
  const accept = {
    key: 'Accept',
    value: further.at(-1) ?? '',
    description: 'Another form of the answer',
    disabled: true,
  };
  return [
    ...given,
    ...(further.length > 0 && !('Accept' in headers) ? [accept] : []),
    ...others(operation, 'header', Object.keys(headers)),
  ];
}

/** The parameters that the step leaves out, for whoever wants to try them. */
function others(operation: Operation | undefined, place: 'query' | 'header', given: string[]): object[] {
  const names = given.map((name) => name.toLowerCase());
  return (operation?.parameters ?? [])
    .filter((parameter) => parameter.in === place && !names.includes(parameter.name.toLowerCase()))
    .map(({ name, schema, description = schema.description, example = schema.example }) => ({
      key: place === 'header' ? inCapitals(name) : name,
      value: name === 'Idempotency-Key' ? '{{$guid}}' : String(example ?? ''),
      ...(description ? { description } : {}),
      disabled: true,
    }));
}

const inCapitals = (header: string) => header.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());

function bodyOf({ endpoint, body, headers }: Step, operation?: Operation): object | undefined {
  const given = body ?? (endpoint && operation?.requestBody?.required ? exampleOf(endpoint, operation) : undefined);
  if (given === undefined) return undefined;
  const raw =
    typeof given === 'string' ? given : JSON.stringify(given, asVariables, 2).replaceAll(/"=(\{\{\w+\}\})"/g, '$1');
  const language = headers?.['Content-Type'] === 'text/plain' ? 'text' : 'json';
  return { mode: 'raw', raw, options: { raw: { language } } };
}

/** Not in quotes, if the variable is a number. */
const asVariables = (_: string, value: unknown) => (value instanceof NumberOf ? `={{${value.variable}}}` : value);
