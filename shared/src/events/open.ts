import { type Announcer, TOPICS } from '../contracts/cloud-events.ts';
import type { BreakerSettings } from '../resilience/breaker.ts';
import type { Peers } from '../resilience/peers.ts';
import type { ServiceParts } from '../service/parts.ts';
import { topicsByTypeOf } from './by-type.ts';
import { FeedSource } from './feed-source.ts';
import type { EventSource } from './hand-over.ts';
import { Relay, showOutboxLag } from './relay.ts';

type Parts = Pick<ServiceParts<unknown>, 'store' | 'world' | 'log' | 'metrics' | 'tracer'>;
type Brokers = readonly string[] | undefined;
export type KafkaTopics = 'by-service' | 'by-type';

/** The relay of a service; undefined when the service has no topic or there are no brokers. */
export async function openRelay(
  parts: Parts & { service: string },
  {
    KAFKA_BROKERS: kafkaBrokers,
    KAFKA_TOPICS: topics,
  }: { KAFKA_BROKERS?: Brokers; KAFKA_TOPICS?: KafkaTopics | undefined },
): Promise<Relay | undefined> {
  const { service } = parts;
  if (!isAnnouncer(service)) return undefined;
  showOutboxLag(parts, kafkaBrokers !== undefined);
  if (!kafkaBrokers) return undefined;
  const { openKafkaPublisher } = await import('./kafka.ts');
  const publisher = await openKafkaPublisher(service, kafkaBrokers);
  return new Relay(service, publisher, parts, topics === 'by-type' ? topicsByTypeOf(service) : []);
}

const isAnnouncer = (service: string): service is Announcer => Object.hasOwn(TOPICS, service);

export interface EventSourceParts extends Parts {
  kafkaBrokers?: Brokers;
  /** All replicas of the service that reads share the events among them. */
  group: string;
  /** The services whose events are read, with the addresses of their feeds. */
  services: Partial<Record<Announcer, readonly string[]>>;
  peers: Peers;
  /** Settings of the breaker before each feed. */
  breaker: BreakerSettings;
  /** A reader that keeps everything in memory has lost after a restart what it read before, and reads all of it again. */
  rereads?: boolean;
}

/** The events of other services: from Kafka where there is one, from their feeds otherwise. */
export async function openEventSource({
  kafkaBrokers,
  group,
  services,
  peers,
  breaker,
  rereads = false,
  ...parts
}: EventSourceParts): Promise<EventSource> {
  const wanted = Object.entries(services) as [Announcer, readonly string[]][];
  if (kafkaBrokers) {
    const { openKafkaSource } = await import('./kafka.ts');
    const { store, world } = parts;
    // A group of its own has no place to go on from.
    const own = rereads && !store.bookmarks.last ? `${group}.${world.newId(world.now())}` : group;
    return openKafkaSource({ ...parts, brokers: kafkaBrokers, group: own, services: wanted.map(([name]) => name) });
  }
  const feeds = wanted.map(([service, addresses]) => {
    return { service, client: peers.client({ ...breaker, name: service }, addresses) };
  });
  return new FeedSource(feeds, parts, rereads ? 'nothing' : 'place');
}
