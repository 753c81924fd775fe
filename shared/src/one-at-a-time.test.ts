import { expect, it } from '@jest/globals';
import { oneAtATime } from './one-at-a-time.ts';

/** Work that is done when it is told so, with the number of times it was begun. */
function held() {
  const ends: ((error?: Error) => void)[] = [];
  const ask = oneAtATime(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = ends.push((error) => (error ? reject(error) : resolve(number)));
      }),
  );
  return { ask, ends };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('work is done once for all who ask before it begins, and once more for all who ask while it is done', async () => {
  const { ask, ends } = held();
  const early = [ask(), ask()];
  await turn();
  const late = Array.from({ length: 50 }, () => ask());
  await turn();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  expect(await Promise.all(early)).toEqual([1, 1]);
  await turn();
  ends[1]?.();
  expect(new Set(await Promise.all(late))).toEqual(new Set([2]));
  expect(ends).toHaveLength(2);
});

it('work that fails fails for those who share it, and is tried again for the next', async () => {
  const { ask, ends } = held();
  const failing = ask();
  await turn();
  const next = ask();
  ends[0]?.(new Error('not today'));
  await expect(failing).rejects.toThrow('not today');
  await turn();
  ends[1]?.();
  expect(await next).toBe(2);
});
