import { z } from 'zod';
import { type Announcer, CloudEvent, TOPICS } from '../contracts/cloud-events.ts';
import { ATTRIBUTES } from './render.ts';

/** What readers may rely on. An event may carry more than is described. */
const DIALECT = { target: 'draft-07', io: 'input' } as const;
const services = Object.keys(TOPICS) as Announcer[];

/** The AsyncAPI 3.0 document of the services' events, made from the schemas that the events are checked with. */
export function asyncApiOf(version: string): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Order management events',
      version,
      description:
        'CloudEvents 1.0 in Kafka’s binary mode. Each event comes at least once, those of one subject in order; ' +
        'one that comes again is known by `ce_source` and `ce_id`.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(services.map((service) => [service, channelOf(service)])),
    operations: Object.fromEntries(services.map((service) => [`${service}-events`, operationOf(service)])),
    components: {
      messages: Object.fromEntries(services.flatMap((service) => messagesOf(service))),
      messageTraits: { CloudEvent: { headers: headers() } },
      schemas: schemas(),
    },
  };
}

const ref = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });
const typesOf = (service: Announcer) => Object.entries(TOPICS[service].types as Record<string, z.ZodType>);
const idOf = (schema: z.ZodType) => schema.meta()?.id as string;

const channelOf = (service: Announcer) => ({
  address: TOPICS[service].topic,
  messages: Object.fromEntries(typesOf(service).map(([type]) => [type, ref('components', 'messages', type)])),
});

const operationOf = (service: Announcer) => ({
  action: 'send',
  channel: ref('channels', service),
  messages: typesOf(service).map(([type]) => ref('channels', service, 'messages', type)),
});

const messagesOf = (service: Announcer) =>
  typesOf(service).map(([type, schema]) => [
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
  const all = services.flatMap((service) => typesOf(service).map(([, schema]) => [idOf(schema), schema]));
  const { definitions } = z.toJSONSchema(z.object(Object.fromEntries(all)), DIALECT);
  return JSON.parse(JSON.stringify(definitions).replaceAll('#/definitions/', '#/components/schemas/'));
}
