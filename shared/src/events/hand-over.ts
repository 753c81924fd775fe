import { type Announcer, type CloudEvent, TOPICS } from '../contracts/cloud-events.ts';
import type { FeedEvent } from '../contracts/events.ts';
import type { ServiceParts } from '../service/parts.ts';
import { messageOf } from '../telemetry/attributes.ts';
import { kindOf } from '../telemetry/span.ts';
import { traceOf, traceparentOf } from '../telemetry/trace.ts';
import { cloudEventsOf } from './render.ts';

/** Takes events; those that it rejects come again. */
export type Handle = (events: readonly CloudEvent[]) => Promise<void>;

/** Where events of other services come from: Kafka, or the services' feeds. */
export interface EventSource {
  /**
   * Hands over every event at least once, those of one order in order. Events count as handed over when `handle` has
   * resolved; when it rejects, they come again after a pause.
   */
  start(handle: Handle): Promise<void>;
  stop(): Promise<void>;
}

type Parts = Pick<ServiceParts<unknown>, 'log' | 'metrics' | 'tracer'> & { world: { random(): number } };
/** The ways that events go, in the words of OpenTelemetry's conventions. */
const WAYS = {
  toKafka: { kind: 'producer', system: 'kafka', operation: 'publish', type: 'send' },
  fromKafka: { kind: 'consumer', system: 'kafka', operation: 'consume', type: 'process' },
  fromFeed: { kind: 'consumer', system: 'feed', operation: 'consume', type: 'process' },
} as const;
type Way = keyof typeof WAYS;

/** Hands over those events of a service that have a contract. One that does not fit its contract is passed over. */
export async function handOverFeed(
  service: Announcer,
  feedEvents: readonly FeedEvent[],
  way: Way,
  handle: Handle,
  parts: Parts,
): Promise<void> {
  const { events, misfits } = cloudEventsOf(service, feedEvents);
  if (events.length > 0) await handOver(events, way, handle, parts);
  for (const { event, error } of misfits) {
    const { id, type } = event;
    parts.metrics.eventsPassedOver.inc({ type });
    parts.log.error('an event does not fit its contract and is passed over', { event: id, type, error });
  }
}

/** Hands events over together, with a span in the trace of each. What an event causes from here on is caused by that span. */
export async function handOver(
  events: readonly CloudEvent[],
  way: Way,
  handle: Handle,
  { tracer, world }: Pick<Parts, 'tracer' | 'world'>,
): Promise<void> {
  if (!tracer) return handle(events);
  const { kind, system, operation, type: operationType } = WAYS[way];
  const traces = events.map((event) => {
    const cause = traceOf(event.traceparent, undefined, world.random);
    const trace = tracer.begin(cause, `${operation} ${event.type}`, kind);
    trace.span?.set(messageOf(event, operation, operationType, system, destinationOf(event.source)));
    return trace;
  });
  try {
    await handle(events.map((event, i) => ({ ...event, traceparent: traceparentOf(traces[i] as (typeof traces)[0]) })));
  } catch (error) {
    for (const { span } of traces) span?.fail(kindOf(error));
    throw error;
  } finally {
    for (const { span } of traces) span?.end();
  }
}

/** The topic of the service that an event comes from; its feed has the same events. */
const destinationOf = (source: string): string => TOPICS[source.slice(1) as Announcer]?.topic ?? source;
