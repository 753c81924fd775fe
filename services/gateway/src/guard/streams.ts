import { holdStream, PerCaller } from '@oms/shared/http/per-caller';
import { waitOf, wishesOf } from '@oms/shared/http/preference';
import { wantsStream } from '@oms/shared/http/sse';
import type { World } from '@oms/shared/world';
import type { Request, Response } from 'express';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type Streams = ReturnType<typeof createStreams>;

/** What clients may hold open: so many streams each, whichever replica of a service serves them, and none longer than its token. */
export function createStreams(
  most: number,
  world: Pick<World, 'now'>,
  clientOf: (req: Request) => string,
  /** When the token ends with which a request came; undefined: it came with none. */
  expiryOf: (req: Request) => number | undefined,
) {
  const open = new PerCaller(most);
  return {
    /** Counts a request that may stay open for long, until it ends. */
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
  return wantsStream(req) || (waitOf(wishesOf(req.headers.prefer as string | undefined), 1) ?? 0) > 0;
}
