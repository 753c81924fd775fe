import { createHash } from 'node:crypto';
import type { Logger } from '@oms/shared/telemetry/logger';
import { MemoryStore, type Store } from 'express-rate-limit';
import { Redis } from 'ioredis';
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

const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_PAUSE_MS = 1_000;

/** All processes count together in Redis. While it is unavailable nothing is counted, and no request waits for it. */
export function countingTogether(url: string, log: Logger): Counting {
  const redis = new Redis(url, {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(times * 50, LONGEST_PAUSE_MS),
  });
  let state: 'connecting' | 'there' | 'away' | 'closed' = 'connecting';

  const lost = (error?: Error) => {
    if (state === 'away' || state === 'closed') return;
    state = 'away';
    log.warn('rate limits do not hold: Redis cannot be reached', { error });
  };
  redis.on('error', lost);
  redis.on('close', lost);
  redis.on('ready', () => {
    if (state === 'away') log.info('rate limits hold again: Redis is back');
    state = 'there';
  });

  async function send(command: string, ...args: string[]) {
    if (state !== 'there') throw new Error(`Redis is ${state}`);
    try {
      return (await redis.call(command, ...args)) as string;
    } catch (error) {
      // A Redis that hangs is treated as unavailable: commands to it would only pile up.
      if ((error as Error).message === 'Command timed out' && state === 'there') {
        lost(error as Error);
        redis.disconnect(true);
      }
      throw error;
    }
  }

  return {
    countsOf: (limit) =>
      new RedisStore({
        prefix: `gateway:limit:${limit}:`,
        sendCommand: async (...command) => {
          // The name of a script is known even if loading it failed; the store loads it again when it is missing.
          if (command[0] !== 'SCRIPT') return send(...(command as [string, ...string[]]));
          return send(...(command as [string, ...string[]])).catch(() => sha1(command[2] as string));
        },
      }),
    close() {
      state = 'closed';
      redis.disconnect();
    },
  };
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
