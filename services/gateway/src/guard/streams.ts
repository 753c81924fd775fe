import { holdStream, PerCaller } from '@oms/shared/http/per-caller';
import { preferencesIn, waitOf } from '@oms/shared/http/preference';
import { wantsStream } from '@oms/shared/http/sse';
import type { World } from '@oms/shared/world';
import type { Request, Response } from 'express';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type Streams = ReturnType<typeof createStreams>;

/** Limits the streams of each client, whichever replica serves them. A stream ends with its token. */
export function createStreams(
  most: number,
  world: Pick<World, 'now'>,
  clientOf: (req: Request) => string,
  /** When the token of a request ends; undefined: it has none. */
  expiryOf: (req: Request) => number | undefined,
) {
  const open = new PerCaller(most);
  return {
    /** Counts a request that may stay open, until it ends. */
    hold(req: Request, res: Response): void {
      holdStream(open, clientOf(req), res);
    },

    endWithToken(req: Request, res: Response): void {
      const expiry = expiryOf(req);
      if (expiry === undefined) return;
      const end = () => void res.end();
      const timer = setTimeout(end, Math.min(Math.max(expiry - world.now(), 0), LONGEST_TIMER_MS));
      res.on('close', () => clearTimeout(timer));
    },
  };
}

/** A stream of events, or a request that waits for one. */
export function waitsForEvents(req: Request): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  return wantsStream(req) || (waitOf(preferencesIn(req.headers.prefer as string | undefined), 1) ?? 0) > 0;
}
