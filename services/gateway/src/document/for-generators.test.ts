import { describe, expect, it } from '@jest/globals';
import { forGenerators } from './for-generators.ts';

const schemas = {
  Shop: { type: 'object', properties: { name: { type: 'string' }, at: { type: 'string' } }, required: ['name', 'at'] },
  Guest: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false },
  Colour: { type: 'string', enum: ['red', 'PENDING'] },
  OrderStatus: { type: 'string', enum: ['PENDING'] },
  OrderStatusGiven: { type: 'string', enum: ['PENDING', 'PLACED'] },
};
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const used = Object.keys(schemas).map((name) => ({ schema: ref(name) }));
const document = (schema: object) => forGenerators({ used, schema, components: { schemas } } as never);
const simple = (schema: object) => document(schema).schema;

describe('for generators of clients', () => {
  it.each([
    [
      'an object or a text is the object',
      { anyOf: [{ type: 'string' }, ref('Shop')], description: 'who' },
      { ...ref('Shop'), description: 'who' },
    ],
    [
      'several texts are any text',
      {
        anyOf: [
          { type: 'string', pattern: '^a' },
          { type: 'string', enum: ['b'] },
        ],
        default: 'b',
      },
      { type: 'string', default: 'b' },
    ],
    [
      'what may be null has two types',
      { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] },
      { type: ['integer', 'null'], minimum: 1 },
    ],
    [
      'only the required members of several forms are no form',
      { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { type: 'object' },
    ],
    [
      'conditions are left out',
      { type: 'object', not: {}, dependentRequired: {}, propertyNames: {} },
      { type: 'object' },
    ],
    [
      'a date has no pattern',
      { type: 'string', format: 'date-time', pattern: 'x' },
      { type: 'string', format: 'date-time' },
    ],
    ['an amount is a double', { type: 'number', multipleOf: 0.01 }, { type: 'number', format: 'double' }],
    ['one possible value is a value of its type', { const: true }, { type: 'boolean' }],
    ['an object has no default', { ...ref('Shop'), default: {} }, ref('Shop')],
    ['the largest number there is says nothing', { type: 'integer', maximum: 2 ** 53 - 1 }, { type: 'integer' }],
    ['a request takes no synonyms', { items: ref('OrderStatusGiven') }, { items: ref('OrderStatus') }],
  ])('%s', (_what, exact, expected) => expect(simple(exact)).toEqual(expected));

  it('a member has no default, but says it', () => {
    const properties = { size: { type: 'integer', default: 2, description: 'how large' } };
    const size = { type: 'integer', description: 'how large; `2` if absent' };
    expect(simple({ type: 'object', properties })).toEqual({ type: 'object', properties: { size } });
  });

  it('of several objects all members are there, and what they have in common is required', () => {
    const { properties, required } = simple({ anyOf: [ref('Shop'), ref('Guest')] }) as Record<string, object>;
    expect([Object.keys(properties ?? {}), required]).toEqual([['name', 'at'], ['name']]);
  });

  it('answers are open to new members; values that two enums have are named after the second', () => {
    const { components } = document({}) as { components: { schemas: object } };
    expect(components.schemas).toMatchObject({
      Guest: { additionalProperties: true },
      Colour: { 'x-enum-varnames': ['COLOUR_RED', 'COLOUR_PENDING'] },
      OrderStatus: { type: 'string', enum: ['PENDING'] },
    });
    expect(components.schemas).not.toHaveProperty('OrderStatusGiven');
  });

  it('what nothing refers to is left out', () => {
    const { components } = forGenerators({ schema: ref('Shop'), components: { schemas } } as never) as never;
    expect(components).toEqual({ schemas: { Shop: schemas.Shop } });
  });
});
