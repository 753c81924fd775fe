/**
 * What the documents of the services say exactly, said so that generators of clients understand it. All that is documented here is
 * accepted, but not all that is accepted is documented: no second form of a value, and no conditions between fields.
 */

type Json = { [name: string]: Json } | Json[] | string | number | boolean | null;
type Node = { [name: string]: Json };

/** Generators make code of them that is wrong, or does not compile. */
const CONDITIONS = ['not', 'dependentRequired', 'propertyNames', 'multipleOf'];
const FORMS = ['anyOf', 'oneOf'];

/** Whose values are named most plainly, as they are used most. */
const PLAIN_NAMES = ['OrderStatus', 'ErrorCode'];
/** Answers never say the synonyms that requests may. */
const SYNONYMS: Record<string, string> = { OrderStatusGiven: 'OrderStatus' };

export function forGenerators(document: Node): Node {
  const { schemas } = document.components as { schemas: Node };
  return onlyUsed(new Simplifier(schemas).outside(document));
}

/** A form that is shown as part of another may be named nowhere else. */
function onlyUsed(document: Node): Node {
  const components = document.components as Node;
  const text = JSON.stringify(document);
  const unused = Object.keys(components.schemas as Node).filter((name) => !text.includes(`/schemas/${name}"`));
  return { ...document, components: { ...components, schemas: without(components.schemas as Node, unused) } };
}

class Simplifier {
  constructor(private readonly schemas: Node) {}

  /** Walks to the schemas. */
  outside<T extends Json>(value: T): T {
    if (Array.isArray(value)) return value.map((one) => this.outside(one)) as T;
    if (!isNode(value)) return value;
    return mapped(value, (member, name) => {
      if (name === 'schema') return this.schema(member as Node);
      if (name === 'schemas') return this.components(member as Node);
      if (name === 'examples') return member;
      // Some clients send null for a body that is left out.
      if (name === 'requestBody') return { ...this.outside(member as Node), required: true };
      return this.outside(name === 'content' ? onlyJson(member as Node) : member);
    }) as T;
  }

  components(exact: Node): Node {
    const taken = new Set(PLAIN_NAMES.flatMap((name) => wordsOf(exact[name] as Node)));
    return mapped(without(exact, Object.keys(SYNONYMS)), (one, name) => named(name, this.schema(one as Node), taken));
  }

  schema(exact: Node): Node {
    const { forms, nullable } = formsOf(exact);
    const one = forms.length > 0 ? { ...this.oneOf(forms), ...without(exact, FORMS) } : exact;
    const { properties, items, additionalProperties, ...rest } = without(one, [...CONDITIONS, ...FORMS]);
    return {
      ...typed(withoutSynonyms(rest), nullable),
      ...(properties
        ? { properties: mapped(properties as Node, (member) => withoutDefault(this.schema(member as Node))) }
        : {}),
      ...(items ? { items: this.schema(items as Node) } : {}),
      ...(isNode(additionalProperties) ? { additionalProperties: this.schema(additionalProperties) } : {}),
      // Answers, of which all is known today, are open to new members; some clients have to be told.
      ...(additionalProperties === false ? { additionalProperties: true } : {}),
    };
  }

  /** Of several objects what they have in common is required; an object says more than a text; several texts are any text. */
  oneOf(forms: Node[]): Node {
    const resolved = forms.map((form) => this.resolved(form));
    const objects = resolved.filter(({ type }) => type === 'object');
    if (forms.length === 1) return forms[0] as Node;
    if (objects.length === 0) return { type: resolved[0]?.type as Json };
    if (objects.length === 1) return forms[resolved.indexOf(objects[0] as Node)] as Node;
    const required = objects.map((object) => object.required as string[]);
    return {
      type: 'object',
      properties: Object.assign({}, ...objects.map((object) => object.properties)),
      required: (required[0] as string[]).filter((name) => required.every((names) => names.includes(name))),
    };
  }

  resolved(schema: Node): Node {
    return typeof schema.$ref === 'string' ? (this.schemas[schema.$ref.replace(/.*\//, '')] as Node) : schema;
  }
}

/** Where an answer may also be a stream or a text, its summary says so. */
const onlyJson = (content: Node): Node =>
  content['application/json'] ? { 'application/json': content['application/json'] } : content;

/** The forms that a value may have, null apart. Those that only say which members are required are none. */
function formsOf(exact: Node): { forms: Node[]; nullable: boolean } {
  const all = FORMS.flatMap((keyword) => (exact[keyword] ?? []) as Node[]);
  const forms = all.filter(
    (form) => form.type !== 'null' && Object.keys(form).some((keyword) => keyword !== 'required'),
  );
  return { forms, nullable: all.some(({ type }) => type === 'null') };
}

/** One value, as generators expect them. */
function typed({ const: only, default: preset, ...rest }: Node, nullable: boolean): Node {
  const schema: Node = only === undefined ? rest : { type: typeof only, ...rest };
  // A date is a date, without a pattern.
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.type === 'number') schema.format = 'double';
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (preset !== undefined && !isNode(preset)) schema.default = preset;
  return nullable ? { ...schema, type: [schema.type as Json, 'null'] } : schema;
}

/** A member with a default would be required in TypeScript, also where it is sent. */
function withoutDefault({ default: preset, ...schema }: Node): Node {
  if (preset === undefined) return schema;
  return { ...schema, description: [schema.description ?? '', `\`${preset}\` if absent`].filter(Boolean).join('; ') };
}

function withoutSynonyms(schema: Node): Node {
  const [, path = '', name = ''] = /^(.*\/)(\w+)$/.exec(String(schema.$ref)) ?? [];
  return name in SYNONYMS ? { ...schema, $ref: path + SYNONYMS[name] } : schema;
}

/** Go has one scope for the names of all values: what another enum has taken is named after its own. */
function named(name: string, schema: Node, taken: Set<string>): Node {
  const words = wordsOf(schema);
  if (words.length === 0 || PLAIN_NAMES.includes(name)) return schema;
  const isFree = words.every((word) => !taken.has(word));
  const prefix = `${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}_`;
  for (const word of words) taken.add(word);
  return isFree ? schema : { ...schema, 'x-enum-varnames': words.map((word) => prefix + word) };
}

const wordsOf = (schema: Node | undefined): string[] =>
  ((schema?.enum ?? []) as string[]).map((value) => value.toUpperCase().replaceAll(/\W/g, '_'));

const isNode = (value: Json | undefined): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapped = (node: Node, change: (member: Json, name: string) => Json): Node =>
  Object.fromEntries(Object.entries(node).map(([name, member]) => [name, change(member, name)]));

const without = (node: Node, names: readonly string[]): Node =>
  Object.fromEntries(Object.entries(node).filter(([name]) => !names.includes(name)));
