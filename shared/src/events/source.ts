import type { CloudEvent } from '../contracts/cloud-events.ts';

/** Where events of other services come from: Kafka, or the services' feeds. */
export interface EventSource {
  /**
   * Hands over every event at least once, those of one order in order. Events count as handed over when `handle` has
   * resolved; when it rejects, they come again after a pause.
   */
  start(handle: (events: readonly CloudEvent[]) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}
