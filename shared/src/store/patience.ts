import { ConfigError } from '../service/config.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { World } from '../world.ts';

/** How long to wait for a database that cannot be used yet. */
export const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;

/** The database is there, but others still have to make it ready. */
export class NotReadyYet extends ConfigError {
  readonly code = 'behind';
}

interface Broken extends Error {
  code?: string;
}

/** A connection is refused or lost, or a server starts up, has no connection left, or is not ready yet; or a store says so. */
const PASSING = /^(E[A-Z]|08|57P|53|lost|behind|SERVICE_UNAVAILABLE)/;

export async function patiently<T>(
  now: () => number,
  onWait: (why: { code: string; reason: string }) => void,
  attempt: () => Promise<T>,
): Promise<T> {
  const until = now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const { message, code = message.startsWith('Connection terminated') ? 'lost' : '' } = error as Broken;
      if (!code) throw error;
      // A connection that was tried at several addresses says nothing by itself.
      const reason = message || code;
      if (!PASSING.test(code) || now() > until) {
        throw error instanceof ConfigError
          ? error
          : new ConfigError(`its database cannot be used: ${reason}`, { cause: error });
      }
      onWait({ code, reason });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** What a service does with its store before it serves. The database may be lost again just after it was found. */
export const beforeServing = (
  { world, log }: { world: World; log: Logger },
  work: () => Promise<void>,
): Promise<void> => patiently(world.now, (why) => log.warn('waiting for the database', why), work);
