import type { Request, Response } from 'express';
import { ANYBODY } from '../contracts/caller.ts';
import { Refusal } from '../errors.ts';
import { callerOf } from './caller.ts';

/** How many of something each caller has at the same time, and may have. */
export class PerCaller {
  readonly #held = new Map<string, number>();

  /** 0: as many as they want. */
  constructor(readonly most: number) {}

  /** Takes one; answers how it is given back, or nothing when the caller has as many as he may. */
  take(caller: string): (() => void) | undefined {
    const held = this.#held.get(caller) ?? 0;
    if (this.most > 0 && held >= this.most) return undefined;
    this.#held.set(caller, held + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#held.get(caller) ?? 1) - 1;
      if (left === 0) this.#held.delete(caller);
      else this.#held.set(caller, left);
    };
  }
}

/** In whose name something is counted. Whom nobody asked who he is, or who is one of many, is known by where he comes from. */
export function countedAs(req: Request): string {
  const caller = callerOf(req.res as Response);
  const from = String(req.headers['x-forwarded-for'] ?? req.socket.remoteAddress);
  switch (caller.kind) {
    case 'customer':
      return `customer:${caller.id}`;
    case 'operator':
      return caller.id === ANYBODY.id ? `address:${from}` : `operator:${caller.id}`;
    case 'service':
      return `service:${caller.name}@${from}`;
    case 'nobody':
      return `address:${from}`;
  }
}

/** A stream counts from its request to its end, whoever ends it; so does a request that waits for events. */
export function holdStream(open: PerCaller, caller: string, res: Response): void {
  const giveBack = open.take(caller);
  if (!giveBack) {
    const detail = `At most ${open.most} streams of yours may be open at once: end one of them first.`;
    throw new Refusal(429, 'TOO_MANY_STREAMS', detail, { most: open.most }, { 'Retry-After': '30' });
  }
  res.on('close', giveBack);
}
