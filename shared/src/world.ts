import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** What the outside world decides: the time, chance and new ids. Tests and the simulation bring their own. */
export interface World {
  now(): number;
  random(): number;
  /** A UUIDv7 of that moment, so that ids sort by the time they were made. */
  newId(nowMs: number): string;
}

export const realWorld: World = {
  now: () => Date.now(),
  random: () => Math.random(),
  newId: (nowMs) => v7({ msecs: nowMs, random: randomBytes() }),
};

const BYTES_PER_ID = 16;
const pool = Buffer.alloc(256 * BYTES_PER_ID);
let used = pool.length;

/** Asking the system for a few bytes at a time would cost more than the rest of an id. */
function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += BYTES_PER_ID));
}

/** The smallest id that a document made at that moment can have. */
export function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
