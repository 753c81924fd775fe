import { once } from 'node:events';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Lifecycle } from '@oms/shared/http/lifecycle';
import { endOf } from '@oms/shared/http/sse';
import type { Response } from 'express';
import { followOrders } from './order-feed.ts';
import { Sampler, type SamplerParts } from './sampler.ts';

const HEARTBEAT_MS = 15_000;

export type Live = ReturnType<typeof createLive>;

/** The stream that the console lives on: every event of every order, and how the services are doing. */
export function createLive(parts: SamplerParts, lifecycle: Lifecycle) {
  const sampler = new Sampler(parts, (ms) => pauseFor(ms, undefined, { ref: false }));
  const pause = (ms: number, signal: AbortSignal) => pauseFor(ms, undefined, { signal }).catch(() => {});
  const feed = { ...parts, orders: parts.upstreams.order, pause };

  return async function stream(res: Response, lastId: string | undefined): Promise<void> {
    const signal = endOf(res, lifecycle.stopping);
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' });
    res.write(`event: past\ndata: ${JSON.stringify(sampler.past)}\n\n`);
    const unwatch = sampler.watch((system) => {
      // Whoever reads slower than that is told the next time.
      if (!res.writableNeedDrain) res.write(`event: system\ndata: ${JSON.stringify(system)}\n\n`);
    });
    const heartbeat = setInterval(() => res.write(': still here\n\n'), HEARTBEAT_MS);
    const tell = async (text: string) => {
      if (!signal.aborted && !res.write(text)) await once(res, 'drain', { signal }).catch(() => {});
    };
    try {
      await followOrders(feed, lastId, tell, signal);
    } finally {
      unwatch();
      clearInterval(heartbeat);
      res.end();
    }
  };
}
