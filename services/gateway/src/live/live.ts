import { setTimeout as pauseFor } from 'node:timers/promises';
import { answersHead, EventStream, endOf, message } from '@oms/shared/http/sse';
import type { Lifecycle } from '@oms/shared/service/lifecycle';
import type { Request, Response } from 'express';
import type { Streams } from '../guard/streams.ts';
import { OrderFeed } from './order-feed.ts';
import { Sampler, type SamplerParts } from './sampler.ts';

export type Live = ReturnType<typeof createLive>;

/** The stream for the console: every event of every order, and the state of the services. */
export function createLive(parts: SamplerParts, streams: Streams, lifecycle: Lifecycle) {
  const sampler = new Sampler(parts, (ms) => pauseFor(ms, undefined, { ref: false }));
  const pause = (ms: number, signal: AbortSignal) => pauseFor(ms, undefined, { signal }).catch(() => {});
  const feed = new OrderFeed({ ...parts, orders: parts.upstreams.order, pause });

  return async function stream(req: Request, res: Response, lastId: string | undefined): Promise<void> {
    if (answersHead(req, res)) return;
    streams.hold(req, res);
    const out = new EventStream(res, endOf(res, lifecycle.stopping));
    streams.endWithToken(req, res);
    await out.send(message('past', sampler.past));
    // A client that reads more slowly gets the next one.
    const unwatch = sampler.watch((system) => out.sendIfRead(message('system', system)));
    try {
      await feed.tell(lastId, out);
    } finally {
      unwatch();
      out.close();
    }
  };
}
