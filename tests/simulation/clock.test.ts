import { describe, expect, it } from '@jest/globals';
import { Chance } from '../crash/chance.ts';
import { BEGINNING, VirtualClock } from './clock.ts';

const never = () => false;

describe('virtual time', () => {
  it('runs timers in order, those of the same moment in the order of their creation', async () => {
    const clock = new VirtualClock();
    const chance = new Chance(1, 'appointments');
    const made = Array.from({ length: 200 }, (_, i) => ({ at: chance.between(0, 40), i }));
    const came: { at: number; i: number }[] = [];
    for (const one of made) clock.in(one.at, () => came.push(one));
    await clock.passUntil(never, BEGINNING + 1_000);
    expect(came).toEqual([...made].sort((a, b) => a.at - b.at || a.i - b.i));
  });

  it('runs everything that takes no time before the next timer', async () => {
    const clock = new VirtualClock();
    const came: string[] = [];
    clock.in(5, () => void Promise.resolve().then(() => clock.in(0, () => came.push('first'))));
    clock.in(6, () => came.push('second'));
    await clock.passUntil(never, BEGINNING + 10);
    expect(came).toEqual(['first', 'second']);
  });

  it('stops when the condition is true or the time is over, and keeps later timers', async () => {
    const clock = new VirtualClock();
    let rang = 0;
    clock.in(10, () => rang++);
    clock.in(900, () => rang++);
    expect(await clock.passUntil(() => rang === 1, BEGINNING + 500)).toBe(true);
    expect(clock.now).toBe(BEGINNING + 10);
    expect(await clock.passUntil(() => rang === 2, BEGINNING + 500)).toBe(false);
    expect(clock.now).toBe(BEGINNING + 500);
    expect(await clock.passUntil(() => rang === 2, BEGINNING + 1_000)).toBe(true);
  });

  it('skips cancelled timers', async () => {
    const clock = new VirtualClock();
    let rang = false;
    const appointment = clock.in(10, () => (rang = true));
    appointment.run = undefined;
    expect(await clock.passUntil(() => rang, BEGINNING + 500)).toBe(false);
  });
});
