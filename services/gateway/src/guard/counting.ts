import { connectRedis, script } from '@oms/shared/redis';
import type { Logger } from '@oms/shared/telemetry/logger';
import { MemoryStore, type Store } from 'express-rate-limit';
import { RedisStore } from 'rate-limit-redis';

/** The place where the requests of each client are counted. */
export interface Counting {
  /** The counts of one limit, apart from those of others. */
  countsOf(limit: string): Store;
  close(): void;
}

/** Each process counts alone, in memory. */
export function countingAlone(): Counting {
  const stores: MemoryStore[] = [];
  return {
    countsOf() {
      const store = new MemoryStore();
      stores.push(store);
      return store;
    },
    close: () => stores.forEach((store) => void store.shutdown()),
  };
}

/** All processes count together in Redis. While it is unavailable nothing is counted, and no request waits for it. */
export function countingTogether(url: string, log: Logger): Counting {
  const redis = connectRedis(url, log, {
    lost: 'rate limits do not hold: Redis cannot be reached',
    back: 'rate limits hold again: Redis is back',
  });
  return {
    countsOf: (limit) =>
      new RedisStore({
        prefix: `gateway:limit:${limit}:`,
        sendCommand: async (...words) => {
          const sent = redis.call(...(words as [string, ...string[]])) as Promise<string>;
          // The name of a script is known even if loading it failed; the store loads it again when it is missing.
          return words[0] === 'SCRIPT' ? sent.catch(() => script(words[2] as string).sha) : sent;
        },
      }),
    close: () => redis.close(),
  };
}
