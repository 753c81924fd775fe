import type { Request, Response } from 'express';
import { ANYBODY } from '../contracts/caller.ts';
import { Refusal } from '../errors.ts';
import { callerOf } from './caller.ts';

/** Limits how many of something each caller has at the same time. */
export class PerCaller {
  readonly #held = new Map<string, number>();

  /** 0: no limit. */
  constructor(readonly most: number) {}

  /** Takes one and returns the function that gives it back; undefined: the caller has reached the limit. */
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

/** The name under which a caller is counted. One that is not authenticated, or has many replicas, is counted by its address. */
export function countedAs(req: Request): string {
  const caller = callerOf(req.res as Response);
  const from = String(req.headers['x-forwarded-for'] ?? req.socket.remoteAddress);
  switch (caller.kind) {
    case 'customer':
      return `customer:${caller.id}`;
    case 'checkout':
      return `checkout:${caller.id}`;
    case 'operator':
      return caller.id === ANYBODY.id ? `address:${from}` : `operator:${caller.id}`;
    case 'service':
      return `service:${caller.name}@${from}`;
    case 'nobody':
      return `address:${from}`;
  }
}

/** Counts a stream, or a request that waits for events, until its connection closes. */
export function holdStream(open: PerCaller, caller: string, res: Response): void {
  const giveBack = open.take(caller);
  if (!giveBack) {
    const detail = `At most ${open.most} streams of yours may be open at once: end one of them first.`;
    throw new Refusal(429, 'TOO_MANY_STREAMS', detail, { most: open.most }, { 'Retry-After': '30' });
  }
  res.on('close', giveBack);
}
