import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from './chance.ts';
import type { Client } from './client.ts';
import { unfinishedOrders, untoldDeliveries } from './records.ts';
import type { Story, Told } from './told.ts';

/** From the moment all processes and ways are whole again. */
const MOST_MS = 60_000;
const LOOK_EVERY_MS = 500;
const MOST_TRIES = 40;
const AT_ONCE = 8;
/** Answers that are asked for once more, to see that they are still the same, unless fewer will do. */
const ASKED_AGAIN = 600;

/** Waits until nothing is in flight. Says how long that took, or what was left. */
export async function settle(serverUrl: string): Promise<{ ms: number; left: number }> {
  const startedAt = performance.now();
  for (;;) {
    const left = (await unfinishedOrders(serverUrl)) + (await untoldDeliveries(serverUrl));
    const ms = Math.round(performance.now() - startedAt);
    if (left === 0 || ms > MOST_MS) return { ms, left };
    await pause(LOOK_EVERY_MS);
  }
}

/** Whatever a customer does not know yet is asked with the same key until there is an answer. */
export async function findOut(told: Told, client: Client, seed: number): Promise<number> {
  const open = [...told.stories.values()].filter(({ answers }) => answers.length === 0);
  await each(open, async (story) => {
    await client.insist(story.wish, new Chance(seed, story.wish.key), MOST_TRIES);
  });
  return open.length;
}

/** Many of the answers given are asked for again. */
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
