const JSON_TYPE = 'application/json';
/** What types do not say. Answers have no other members than those that are known: a misspelled one is an error. */
const SAID_OTHERWISE = ['example', 'examples', 'format', 'pattern', 'x-enum-varnames'];

/**
 * The document of the API as @oms/client has its types made of: schemas alone. Those of its operations are members of one more, by
 * method and path, with what each is given and what it answers when it is done.
 */
export function clientDocument({ paths, components }) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, schemaOf(operation)]),
  );
  const schemas = plain({ ...components.schemas, Operations: object(operations) });
  return { openapi: '3.1.0', info: { title: '', version: '' }, paths: {}, components: { schemas } };
}

function schemaOf({ summary, parameters = [], requestBody, responses }) {
  const query = parameters.filter((one) => one.in === 'query');
  const done = Object.entries(responses).find(([status, { content }]) => status < 300 && content?.[JSON_TYPE]);
  const members = {
    query: query.length === 0 ? undefined : queryOf(query),
    body: requestBody?.content[JSON_TYPE].schema,
    answer: done?.[1].content[JSON_TYPE].schema,
  };
  return { ...object(Object.entries(members).filter(([, schema]) => schema)), description: summary };
}

const queryOf = (parameters) => ({
  ...object(
    parameters.map(({ name, schema, description }) => [name, description ? { ...schema, description } : schema]),
  ),
  required: parameters.filter(({ required }) => required).map(({ name }) => name),
});

const object = (members) => ({
  type: 'object',
  properties: Object.fromEntries(members),
  required: members.map(([name]) => name),
});

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const { properties, ...rest } = value;
  const kept = Object.entries(rest).filter(([name, said]) => !SAID_OTHERWISE.includes(name) && !isOpen(name, said));
  const members = properties && mapped(Object.entries(properties));
  return { ...mapped(kept), ...(members ? { properties: members } : {}) };
}

const mapped = (entries) => Object.fromEntries(entries.map(([name, value]) => [name, plain(value)]));
const isOpen = (name, said) => name === 'additionalProperties' && said === true;
