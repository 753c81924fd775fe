import { expect, it } from '@jest/globals';
import { decide, Kind } from './aggregate.ts';
import { MemoryStore } from './memory.ts';

const boxes = new Kind<{ name: string; packedAt: number }>('box/', {
  key: ({ name }) => name,
  tags: ({ name }) => ({ initial: name.charAt(0) }),
  dueAt: ({ packedAt }) => packedAt + 10,
});

it('a kind of document has ids, tags and due times that follow from the data', () => {
  const data = { name: 'apples', packedAt: 5 };
  expect(boxes.put(data)).toEqual({ id: 'box/apples', data, tags: { initial: 'a' }, dueAt: 15 });
});

it('a decision reads the clock once; by default its events belong to its first document and to its trace', async () => {
  let ms = 100;
  const world = { now: () => ms++ };
  const store = new MemoryStore(world);
  const names = ['apples', 'plums'];
  await decide({ store, world }, names.map(boxes.id), { traceId: 'by' }, (_docs, packedAt) => ({
    put: names.map((name) => boxes.put({ name, packedAt })),
    events: [
      { type: 'packed', data: 1 },
      { type: 'packed', data: 2, stream: 'box/plums', traceId: 'other' },
    ],
  }));
  expect(await boxes.read(store, 'apples')).toMatchObject({ packedAt: 100 });
  expect(await store.events({ limit: 9 })).toMatchObject([
    { at: 100, stream: 'box/apples', traceId: 'by', data: 1 },
    { at: 100, stream: 'box/plums', traceId: 'other', data: 2 },
  ]);
});
