import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { Problem } from '../contracts/common.ts';
import type { AnswerContract, Answers, Endpoint } from '../contracts/endpoint.ts';
import { plainObject } from './query.ts';
import { IDEMPOTENCY_KEY } from './request.ts';

const IdempotencyKey = z
  .string()
  .regex(IDEMPOTENCY_KEY)
  .optional()
  .meta({ description: 'The same key with the same request gets the first answer again. Kept for 24 hours.' });

const HEADERS: Record<string, z.ZodType> = {
  Location: z.string().meta({ description: 'The path of the document' }),
  ETag: z.string().meta({ description: 'The version of the document, for If-Match and If-None-Match' }),
  'Preference-Applied': z
    .string()
    .optional()
    .meta({ description: 'The preference that was applied, such as `wait=20`' }),
  Link: z.string().optional().meta({ description: 'The next page, rel="next"' }),
  'Retry-After': z.int().optional().meta({ description: 'How many seconds to wait before the request is sent again' }),
  'WWW-Authenticate': z.string().optional().meta({ description: 'Why the token is refused' }),
};

const onBodies: Answers = {
  409: { description: '`REQUEST_IN_PROGRESS`', codes: ['REQUEST_IN_PROGRESS'] },
  413: { description: '`PAYLOAD_TOO_LARGE`', codes: ['PAYLOAD_TOO_LARGE'] },
  415: { description: '`UNSUPPORTED_MEDIA_TYPE`', codes: ['UNSUPPORTED_MEDIA_TYPE'] },
  422: { description: '`IDEMPOTENCY_KEY_REUSED`', codes: ['IDEMPOTENCY_KEY_REUSED'] },
};
const always: Answers = {
  400: { description: '`VALIDATION_FAILED` or `MALFORMED_JSON`', codes: ['VALIDATION_FAILED', 'MALFORMED_JSON'] },
  431: { description: '`MALFORMED_REQUEST`', codes: ['MALFORMED_REQUEST'] },
  500: { description: '`INTERNAL` or `CHAOS_INJECTED`', codes: ['INTERNAL', 'CHAOS_INJECTED'] },
  503: { description: '`SERVICE_UNAVAILABLE`', codes: ['SERVICE_UNAVAILABLE'] },
};

/** The OpenAPI 3.1 document of a service. */
export const openApiOf = (service: string, version: string, endpoints: readonly Endpoint[], server = '.'): object =>
  documentOf(endpoints, {
    // Relative to the document, so that it is right at the service and behind the gateway.
    servers: [{ url: server }],
    // Services need no bearer token; the gateway may.
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { bearer: [] }],
    info: { title: `${service} service`, version, license: { name: 'MIT', identifier: 'MIT' } },
  });

type About = Omit<ZodOpenApiObject, 'openapi' | 'paths'>;

/** What a document says of its operations in a way of its own. */
export interface Style {
  idOf(one: Endpoint): string;
  /** Answers of whoever stands before the service. */
  before(one: Endpoint): Answers;
  /** What is said of a body besides its schema. */
  bodies?(body: z.ZodType): { examples: Record<string, { value: unknown }> };
  /** Further members of the operation. */
  more(one: Endpoint): Partial<ZodOpenApiOperationObject>;
}
const PLAIN: Style = { idOf: idByPath, before: () => ({}), more: () => ({}) };

/** Made from the schemas that the routes parse with: a document and its routes cannot differ. */
export function documentOf(endpoints: readonly Endpoint[], about: About, style: Style = PLAIN): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const one of endpoints) {
    paths[one.path] ??= {};
    (paths[one.path] as Record<string, ZodOpenApiOperationObject>)[one.method] = operationOf(one, endpoints, style);
  }
  return createDocument({ openapi: '3.1.0', ...about, paths: paths as ZodOpenApiPathsObject });
}

function operationOf(one: Endpoint, all: readonly Endpoint[], style: Style): ZodOpenApiOperationObject {
  const { method, path, summary, description, tag, params, query, body, headers, answers } = one;
  const writes = method !== 'get';
  const header = z.object({
    ...((headers as z.ZodObject | undefined)?.shape ?? {}),
    ...(writes ? { 'Idempotency-Key': IdempotencyKey } : {}),
  });
  return {
    operationId: style.idOf(one),
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    requestParams: {
      ...(params ? { path: params as z.ZodObject } : {}),
      ...(query ? { query: plainObject(query) } : {}),
      header,
    },
    ...(body
      ? {
          requestBody: {
            required: !body.safeParse(undefined).success,
            content: { 'application/json': { schema: body, ...style.bodies?.(body) } },
          },
        }
      : {}),
    responses: responsesOf(
      withLinks(path, answers, all, style.idOf),
      always,
      writes ? onBodies : {},
      style.before(one),
    ) as ZodOpenApiResponsesObject,
    ...style.more(one),
  };
}

function idByPath({ method, path }: Endpoint): string {
  return `${method}${path.replaceAll(/[^A-Za-z0-9]+(\w)?/g, (_, letter?: string) => letter?.toUpperCase() ?? '')}`;
}

type Linked = AnswerContract & { links?: Record<string, object> };

/** Links from an answer 201 to the operations on what was made. */
function withLinks(path: string, answers: Answers, all: readonly Endpoint[], idOf: Style['idOf']) {
  const made = answers[201];
  if (!(made?.schema instanceof z.ZodObject)) return answers;
  const { shape } = made.schema;
  const links = all.flatMap((target) => {
    const [, collection, parameter = ''] = /^(\/\w+)\/\{(\w+)\}/.exec(target.path) ?? [];
    const field = parameter in shape ? parameter : 'id';
    if (!collection || !path.startsWith(collection) || !(field in shape)) return [];
    const operationId = idOf(target);
    return [[operationId, { operationId, parameters: { [parameter]: `$response.body#/${field}` } }] as const];
  });
  const linked: Linked = links.length > 0 ? { ...made, links: Object.fromEntries(links) } : made;
  return { ...answers, 201: linked };
}

/** Problems with the same status are one answer. */
function responsesOf(own: Answers, ...general: Answers[]) {
  const merged: Answers = { ...own };
  for (const [status, answer] of general.flatMap((answers) => Object.entries(answers))) {
    const known = merged[Number(status)];
    const codes = [...new Set([...(known?.codes ?? []), ...(answer.codes ?? [])])];
    const headers = [...new Set([...(known?.headers ?? []), ...(answer.headers ?? [])])];
    merged[Number(status)] = { description: codes.map((code) => `\`${code}\``).join(' or '), codes, headers };
  }
  return Object.fromEntries(Object.entries(merged).map(([status, answer]) => [status, responseOf(answer)]));
}

function responseOf({ description, schema, contentTypes, headers = [], codes, links }: Linked) {
  const content = codes
    ? { 'application/problem+json': { schema: Problem } }
    : Object.fromEntries(
        (contentTypes ?? ['application/json']).map((type) => [
          type,
          { schema: type === 'application/json' && schema ? schema : z.string() },
        ]),
      );
  const described = Object.fromEntries(headers.map((name) => [name, HEADERS[name] as z.ZodType]));
  return {
    description,
    content,
    ...(headers.length > 0 ? { headers: z.object(described) } : {}),
    ...(links ? { links } : {}),
  };
}
