import type { Announcer, CloudEvent } from '../contracts/cloud-events.ts';
import type { FeedEvent } from '../contracts/events.ts';
import type { ServiceParts } from '../service/parts.ts';
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
const SPAN_KINDS = { publish: 'producer', consume: 'consumer' } as const;
type What = keyof typeof SPAN_KINDS;

/** Hands over those events of a service that have a contract. One that does not fit its contract is passed over. */
export async function handOverFeed(
  service: Announcer,
  feedEvents: readonly FeedEvent[],
  what: What,
  handle: Handle,
  parts: Parts,
): Promise<void> {
  const { events, misfits } = cloudEventsOf(service, feedEvents);
  if (events.length > 0) await handOver(events, what, handle, parts);
  for (const { event, error } of misfits) {
    const { id, type } = event;
    parts.metrics.eventsPassedOver.inc({ type });
    parts.log.error('an event does not fit its contract and is passed over', { event: id, type, error });
  }
}

/** Hands events over together, with a span in the trace of each. What an event causes from here on is caused by that span. */
export async function handOver(
  events: readonly CloudEvent[],
  what: What,
  handle: Handle,
  { tracer, world }: Pick<Parts, 'tracer' | 'world'>,
): Promise<void> {
  if (!tracer) return handle(events);
  const traces = events.map(({ id, type, subject, traceparent }) => {
    const cause = traceOf(traceparent, undefined, world.random);
    const trace = tracer.begin(cause, `${what} ${type}`, SPAN_KINDS[what]);
    trace.span?.set({
      'cloudevents.event_id': id,
      'cloudevents.event_type': type,
      'cloudevents.event_subject': subject,
    });
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
