import type { CloudEvent } from '../contracts/cloud-events.ts';
import { kindOf, type Tracer } from '../telemetry/span.ts';
import { traceOf, traceparentOf } from '../telemetry/trace.ts';

type Handle = (events: readonly CloudEvent[]) => Promise<void>;

export interface Recording {
  tracer?: Tracer | undefined;
  world: { random(): number };
}

/** Handles events together, and shows it in the trace of each. What an event causes from here on is caused by that span. */
export async function recordEach(
  events: readonly CloudEvent[],
  what: 'publish' | 'consume',
  handle: Handle,
  { tracer, world }: Recording,
): Promise<void> {
  if (!tracer) return handle(events);
  const traces = events.map(({ id, type, subject, traceparent }) => {
    const cause = traceOf(traceparent, undefined, world.random);
    const trace = tracer.begin(cause, `${what} ${type}`, KINDS[what]);
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

const KINDS = { publish: 'producer', consume: 'consumer' } as const;
