import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from './chance.ts';
import type { Client } from './client.ts';
import { unfinishedOrders, untoldDeliveries } from './records.ts';
import type { Story, Told } from './told.ts';

/** The time limit after the last fault. */
const MOST_MS = 60_000;
const LOOK_EVERY_MS = 500;
const MOST_TRIES = 40;
const AT_ONCE = 8;
/** How many answers are requested again, to check that they are still the same. */
const ASKED_AGAIN = 600;

/** Waits until nothing is in flight. Returns how long that took, or what is left. */
export async function settle(serverUrl: string): Promise<{ ms: number; left: number }> {
  const startedAt = performance.now();
  for (;;) {
    const left = (await unfinishedOrders(serverUrl)) + (await untoldDeliveries(serverUrl));
    const ms = Math.round(performance.now() - startedAt);
    if (left === 0 || ms > MOST_MS) return { ms, left };
    await pause(LOOK_EVERY_MS);
  }
}

/** Every request with an unknown result is retried with the same key until there is an answer. */
export async function findOut(told: Told, client: Client, seed: number): Promise<number> {
  const open = [...told.stories.values()].filter(({ answers }) => answers.length === 0);
  await each(open, async (story) => {
    await client.insist(story.wish, new Chance(seed, story.wish.key), MOST_TRIES);
  });
  return open.length;
}

/** Many requests are repeated: their answers must be the same. */
export async function askAgain(told: Told, client: Client, seed: number, most = ASKED_AGAIN): Promise<number> {
  const chance = new Chance(seed, 'again');
  const known = [...told.stories.values()].filter(({ answers }) => answers.length > 0);
  const some = known.filter(() => chance.in(most / known.length));
  await each(some, async (story) => {
    await client.insist(story.wish, chance, MOST_TRIES);
  });
  return some.length;
}

async function each(stories: readonly Story[], act: (story: Story) => Promise<void>): Promise<void> {
  const left = [...stories];
  const worker = async () => {
    for (let story = left.pop(); story; story = left.pop()) await act(story);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
