import { z } from 'zod';
import { CloudEvent, TOPICS, TOPICS_BY_TYPE } from '../contracts/cloud-events.ts';
import { ATTRIBUTES } from './render.ts';

/** What readers may rely on. An event may carry more than is described. */
const DIALECT = { target: 'draft-07', io: 'input' } as const;
interface Channel {
  id: string;
  topic: string;
  types: Record<string, z.ZodType>;
}
const all: readonly Channel[] = [
  ...Object.entries(TOPICS).map(([id, { topic, types }]) => ({ id, topic, types })),
  ...Object.entries(TOPICS_BY_TYPE).map(([topic, schema]) => ({ id: topic, topic, types: { [topic]: schema } })),
];

/** The AsyncAPI 3.0 document of the services' events, made from the schemas that the events are checked with. */
export function asyncApiOf(version: string): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Order management events',
      version,
      description:
        'CloudEvents 1.0 in Kafka’s binary mode. Each event comes at least once, those of one subject in order; ' +
        'one that comes again is known by `ce_source` and `ce_id`. ' +
        'Topics with a single type of event are there with KAFKA_TOPICS=by-type.',
      license: { name: 'MIT' },
      tags: Object.keys(TOPICS).map((name) => ({ name, description: `The events of the ${name} service` })),
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(all.map((channel) => [channel.id, channelOf(channel)])),
    operations: Object.fromEntries(all.map((channel) => [`${channel.id}-events`, operationOf(channel)])),
    components: {
      messages: Object.fromEntries(all.flatMap(messagesOf)),
      messageTraits: { CloudEvent: { headers: headers() } },
      schemas: schemas(),
    },
  };
}

const ref = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });
const idOf = (schema: z.ZodType) => schema.meta()?.id as string;

const channelOf = ({ topic, types }: Channel) => ({
  address: topic,
  messages: Object.fromEntries(Object.keys(types).map((type) => [type, ref('components', 'messages', type)])),
});

const operationOf = ({ id, topic, types }: Channel) => ({
  action: 'send',
  description: `On ${topic}: ${Object.keys(types).join(', ')}`,
  channel: ref('channels', id),
  messages: Object.keys(types).map((type) => ref('channels', id, 'messages', type)),
});

const messagesOf = ({ types }: Channel) =>
  Object.entries(types).map(([type, schema]) => [
    type,
    {
      name: type,
      traits: [ref('components', 'messageTraits', 'CloudEvent')],
      payload: ref('components', 'schemas', idOf(schema)),
      bindings: { kafka: { key: { type: 'string', description: CloudEvent.shape.subject.meta()?.description } } },
    },
  ]);

function headers() {
  const attributes = ATTRIBUTES.map((name) => [`ce_${name}`, CloudEvent.shape[name]] as const);
  const schema = z.object({ ...Object.fromEntries(attributes), 'content-type': CloudEvent.shape.datacontenttype });
  return z.toJSONSchema(schema, DIALECT);
}

/** All schemas at once, so that a part that several of them share is described once. */
function schemas() {
  const named = all.flatMap(({ types }) => Object.values(types).map((schema) => [idOf(schema), schema]));
  const { definitions } = z.toJSONSchema(z.object(Object.fromEntries(named)), DIALECT);
  // Generators name their models after the title, and those of an `allOf` after nothing.
  const titled = Object.entries(definitions ?? {}).map(([title, schema]) => [title, { title, ...(schema as object) }]);
  const text = JSON.stringify(Object.fromEntries(titled)).replaceAll(/\{"allOf":\[(\{"\$ref":"[^"]+"\})\]\}/g, '$1');
  return JSON.parse(text.replaceAll('#/definitions/', '#/components/schemas/'));
}
