import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Decision, decide, Kind } from './aggregate.ts';
import { MemoryStore } from './memory.ts';

const boxes = new Kind<{ name: string; packedAt: number }>('box/', {
  key: ({ name }) => name,
  tags: ({ name }) => ({ initial: name.charAt(0) }),
  dueAt: ({ packedAt }) => packedAt + 10,
});

let parts: { store: MemoryStore<unknown>; world: { now(): number } };
beforeEach(() => {
  let ms = 100;
  // The clock moves on with every reading.
  const world = { now: () => ms++ };
  parts = { store: new MemoryStore(world), world };
});

const pack = (names: string[], events: Decision<unknown>['events'] = []) =>
  decide(parts, names.map(boxes.id), { traceId: 'by' }, (_docs, packedAt) => ({
    put: names.map((name) => boxes.put({ name, packedAt })),
    events,
  }));

describe('a kind of document', () => {
  it('has ids, tags and due times that follow from the data', () => {
    const data = { name: 'apples', packedAt: 5 };
    expect(boxes.put(data)).toEqual({ id: 'box/apples', data, tags: { initial: 'a' }, dueAt: 15 });
  });

  it('is read, listed and seen in a decision without any other', async () => {
    await pack(['apples', 'plums']);
    await decide(parts, ['bottle/ale'], { traceId: 'by' }, () => ({ put: [{ id: 'bottle/ale', data: 1 }] }));
    const { items } = await boxes.list(parts.store, { limit: 9 });
    expect(items.map(({ id }) => id)).toEqual(['box/apples', 'box/plums']);
    expect(await boxes.read(parts.store, 'plums')).toMatchObject({ name: 'plums' });
    const seen = await decide(parts, [boxes.id('plums')], { traceId: 'by' }, (docs) => ({
      result: boxes.in(docs, 'plums')?.name,
    }));
    expect(seen.result).toBe('plums');
  });
});

it('a decision reads the clock once; by default its events belong to its first document and to its trace', async () => {
  await pack(
    ['apples', 'plums'],
    [
      { type: 'packed', data: 1 },
      { type: 'packed', data: 2, stream: 'box/plums', traceId: 'other' },
    ],
  );
  expect(await boxes.read(parts.store, 'apples')).toMatchObject({ packedAt: 100 });
  expect(await parts.store.events({ limit: 9 })).toMatchObject([
    { at: 100, stream: 'box/apples', traceId: 'by', data: 1 },
    { at: 100, stream: 'box/plums', traceId: 'other', data: 2 },
  ]);
});
