import { afterEach, expect, it } from '@jest/globals';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { unevenCommits } from '../../../tests/support/uneven-commits.ts';
import { PostgresStore } from './postgres.ts';

const WRITERS = 3;
const WRITES = 80;
const PAGE = 10;

let stores: PostgresStore<unknown>[] = [];
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  stores = [];
});

function open(url: string): PostgresStore<unknown> {
  const store = new PostgresStore<unknown>(url);
  stores.push(store);
  return store;
}

describeDurable('a feed to which several replicas write at the same time', () => {
  it('skips no event for its readers, however long each commit takes', async () => {
    const url = await freshDatabase();
    await unevenCommits(url, { mostMs: 5 });
    const writing = Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        const store = open(url);
        for (let i = 0; i < WRITES; i++) {
          const event = { stream: `${writer}/${i}`, type: 'happened', at: 1, traceId: 't', data: {} };
          await store.write([event.stream], undefined, () => ({
            put: [{ id: event.stream, data: {} }],
            events: [event],
          }));
        }
      }),
    );
    let over = false;
    const ending = writing.finally(() => (over = true));

    const reader = open(url);
    const followed: string[] = [];
    for (let after: string | undefined, last = false; !last; ) {
      last = over;
      const page = await reader.events({ after, limit: PAGE });
      followed.push(...page.map(({ position }) => position));
      after = page.at(-1)?.position ?? after;
      last &&= page.length === 0;
    }
    await ending;
    expect(followed).toEqual(Array.from({ length: WRITERS * WRITES }, (_, i) => String(i + 1)));
  });
});
