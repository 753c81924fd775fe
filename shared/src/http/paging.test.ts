import { expect, it } from '@jest/globals';
import { after } from './paging.ts';

const cursorOf = (id: string) => ({ cursor: Buffer.from(id).toString('base64url') });

it('a page may end with a parcel, which is named by its order and its number', () => {
  const id = '01a21da6-9375-76a6-a502-760752483767#000002';
  expect(after(cursorOf(id))).toBe(id);
});

it('a cursor of something else is refused', () => {
  expect(() => after(cursorOf("o1' or 1=1"))).toThrow('cursor');
});
