import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Logger } from './telemetry/logger.ts';
import { Late, within } from './within.ts';

/** A connection to Redis. While Redis is unavailable every call fails at once, so that nobody waits for it. */
export interface RedisConnection {
  /** Settles once Redis is there, or cannot be reached. */
  readonly tried: Promise<void>;
  call(command: string, ...args: string[]): Promise<unknown>;
  run(script: Script, keys: readonly string[], ...args: string[]): Promise<unknown>;
  close(): void;
}

export interface Script {
  readonly text: string;
  /** Its name in Redis. */
  readonly sha: string;
}

export const script = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') });

/** What is logged, once each time. */
interface News {
  lost: string;
  back: string;
  onBack?(): void;
}

const CALL_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_PAUSE_MS = 1_000;

export function connectRedis(url: string, log: Logger, { lost, back, onBack }: News): RedisConnection {
  const redis = new Redis(url, {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // For what the client itself asks when it connects.
    commandTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(times * 50, LONGEST_PAUSE_MS),
  });
  let state: 'connecting' | 'there' | 'away' | 'closed' = 'connecting';
  let settle = () => {};
  const tried = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const gone = (error?: Error) => {
    if (state === 'away' || state === 'closed') return;
    state = 'away';
    log.warn(lost, { error });
    settle();
  };
  redis.on('error', gone);
  redis.on('close', gone);
  redis.on('ready', () => {
    if (state === 'away') {
      log.info(back);
      onBack?.();
    }
    state = 'there';
    settle();
  });

  async function call(command: string, ...args: string[]): Promise<unknown> {
    if (state !== 'there') throw new Error(`Redis is ${state}`);
    try {
      return await within(CALL_TIMEOUT_MS, redis.call(command, ...args));
    } catch (error) {
      // A Redis that hangs is treated as unavailable: commands to it would only pile up.
      if (error instanceof Late && state === 'there') {
        gone(error);
        redis.disconnect(true);
      }
      throw error;
    }
  }

  return {
    tried,
    call,
    run: ({ text, sha }, keys, ...args) =>
      call('EVALSHA', sha, String(keys.length), ...keys, ...args).catch((error: Error) => {
        if (!error.message.startsWith('NOSCRIPT')) throw error;
        return call('EVAL', text, String(keys.length), ...keys, ...args);
      }),
    close() {
      state = 'closed';
      redis.disconnect();
    },
  };
}
