import type { CloudEvent } from '../contracts/cloud-events.ts';

/** Where events go so that the world can read them. */
export interface Publisher {
  /** Resolves when all are acknowledged; keeps their order per subject. After a rejection any of them may have arrived. */
  publish(topic: string, events: readonly CloudEvent[]): Promise<void>;
  close(): Promise<void>;
}
