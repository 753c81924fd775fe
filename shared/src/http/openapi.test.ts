import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Id, Limit, Name } from '../contracts/common.ts';
import { endpoints } from '../contracts/endpoint.ts';
import { openApiOf } from './openapi.ts';
import { IDEMPOTENCY_KEY } from './request.ts';

interface Described {
  paths: Record<
    string,
    Record<
      string,
      {
        parameters: { name: string; schema: { pattern?: string } }[];
        responses: Record<string, { links?: object }>;
        requestBody: { content: Record<string, { schema: { properties: Record<string, unknown> } }> };
      }
    >
  >;
  components: { schemas: Record<string, { additionalProperties?: unknown }> };
}

const { get, post } = endpoints('Things');
const { paths, components } = openApiOf('any', '1', [
  post('/things', {
    summary: 'Makes one',
    query: z.object({ limit: Limit }),
    body: z.object({ name: Name }),
    answers: { 201: { description: 'Made', schema: z.object({ id: Id }) } },
  }),
  get('/things/{thingId}', {
    summary: 'Shows one',
    params: z.object({ thingId: Id }),
    answers: { 200: { description: 'It is this' } },
  }),
]) as Described;
const operation = paths['/things']?.post;
const parameter = (wanted: string) => operation?.parameters.find(({ name }) => name === wanted)?.schema;

describe('an OpenAPI document', () => {
  it('has the limits of whole numbers in a query', () => {
    expect(parameter('limit')).toEqual({ type: 'integer', minimum: 1, maximum: 200 });
  });

  it('allows the Idempotency-Keys that are served, and no others', () => {
    expect(parameter('Idempotency-Key')?.pattern).toBe(IDEMPOTENCY_KEY.source);
  });

  it('has a pattern for names, which are not blank', () => {
    const name = operation?.requestBody.content['application/json']?.schema.properties.name;
    expect(name).toMatchObject({ pattern: '\\S' });
  });

  it('links what was made to its operations', () => {
    expect(operation?.responses[201]?.links).toEqual({
      getThingsThingId: { operationId: 'getThingsThingId', parameters: { thingId: '$response.body#/id' } },
    });
  });

  it('allows further members in a problem', () => {
    expect(components.schemas.Problem?.additionalProperties).toEqual({});
  });

  it('has the answers of requests that never reach their route', () => {
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining(['400', '409', '413', '415', '422', '431', '500', '503']),
    );
  });
});
