import { beforeEach, expect, it } from '@jest/globals';
import { HeapRoom } from './heap-room.ts';

const MIB = 1024 * 1024;
/** A heap that may grow to 1000 MiB. */
const heap = { used_heap_size: 0, heap_size_limit: 1000 * MIB };
let looks: number;
let room: HeapRoom;
beforeEach(() => {
  looks = 0;
  room = new HeapRoom(() => {
    looks++;
    return heap;
  });
});

/** More checks than share one measurement. */
const isLeftWith = (mib: number) => {
  heap.used_heap_size = mib * MIB;
  return Array.from({ length: 20 }, () => room.isLeft()).at(-1);
};

it('a heap is full a tenth and 48 MiB before its limit, and has room again once a tenth of that is free', () => {
  expect(isLeftWith(851)).toBe(true);
  expect(isLeftWith(852)).toBe(false);
  expect(isLeftWith(768)).toBe(false);
  expect(isLeftWith(766)).toBe(true);
  expect(isLeftWith(851)).toBe(true);
});

it('a heap with room is measured once for many checks', () => {
  for (let i = 0; i < 161; i++) room.isLeft();
  expect(looks).toBe(11);
});

it('a full heap is measured at every check', () => {
  isLeftWith(999);
  looks = 0;
  isLeftWith(999);
  expect(looks).toBe(20);
});
