import { Admin, findErrorBy } from '@platformatic/kafka';
import { within } from '../within.ts';

/** How to reach the brokers. The timeouts are short: the caller tries again anyway. */
export const clientOptions = (clientId: string, brokers: readonly string[]) => ({
  clientId,
  bootstrapBrokers: [...brokers],
  connectTimeout: 3_000,
  requestTimeout: 5_000,
  // An idempotent producer takes fewer than two for "without end".
  retries: 2,
  retryDelay: 200,
});

/** More than one service will have replicas: a partition is read by one of them at a time. */
const PARTITIONS = 6;
const FAREWELL_LIMIT_MS = 3_000;

/** Creates the topics that are missing. The brokers decide how many copies they keep. */
export async function ensureTopics(clientId: string, brokers: readonly string[], topics: readonly string[]) {
  const admin = new Admin(clientOptions(clientId, brokers));
  try {
    await Promise.all(topics.map((topic) => ensureTopic(admin, topic)));
  } finally {
    await farewell(admin.close());
  }
}

async function ensureTopic(admin: Admin, topic: string): Promise<void> {
  try {
    await admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: -1 });
  } catch (error) {
    if (!findErrorBy(error as Error, 'apiId', 'TOPIC_ALREADY_EXISTS')) throw error;
  }
}

/** Closing a connection that is no longer needed delays nobody for long, and never fails. */
export const farewell = (closed: Promise<void>): Promise<void> => within(FAREWELL_LIMIT_MS, closed).catch(() => {});

/** The client's errors contain others. The innermost says what happened. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors.at(-1));
  return (error as Error).message;
}
