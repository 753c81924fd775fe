import { beforeEach, describe, expect, it } from '@jest/globals';
import { Chance } from '../crash/chance.ts';
import { BEGINNING, VirtualClock } from './clock.ts';
import { Process, thisProcess } from './process.ts';

let clock: VirtualClock;
let process: Process;
let did: string[];
beforeEach(() => {
  clock = new VirtualClock();
  process = new Process('order-1', clock, new Chance(1, 'order-1'));
  did = [];
});

describe('a simulated process', () => {
  it('handles what arrives immediately, on its own clock', () => {
    process.skewMs = 50;
    process.enter(() => did.push(`${thisProcess().name} at ${thisProcess().now - BEGINNING}`));
    expect(did).toEqual(['order-1 at 50']);
    expect(() => thisProcess()).toThrow('outside of every simulated process');
  });

  it('that is frozen handles everything in order when it wakes', async () => {
    process.freeze();
    for (const what of ['one', 'two']) process.enter(() => did.push(what));
    expect(did).toEqual([]);
    process.wake();
    await clock.passUntil(() => did.length === 2, BEGINNING + 1);
    expect(did).toEqual(['one', 'two']);
  });

  it('that died handles nothing any more, not even what arrived while it was frozen', async () => {
    process.onDeath(() => did.push('seen to die'));
    process.onDeath(() => did.push('nobody asks'))();
    process.freeze();
    process.enter(() => did.push('late'));
    process.die();
    process.wake();
    process.enter(() => did.push('too late'));
    await clock.passUntil(() => false, BEGINNING + 1);
    expect(did).toEqual(['seen to die']);
  });

  it('creates ids that sort by time and are the same for the same seed', () => {
    const other = new Process('order-1', clock, new Chance(1, 'order-1'));
    const ids = [1, 2, 3].map((ms) => process.world.newId(BEGINNING + ms));
    expect([...ids].sort()).toEqual(ids);
    expect([1, 2, 3].map((ms) => other.world.newId(BEGINNING + ms))).toEqual(ids);
  });
});
