import { expect, it } from '@jest/globals';
import { isText } from './text.ts';

it.each(['', 'Ada', '\u{1F600}', 'é', '￿'])('a text is a text: %j', (text) => expect(isText(text)).toBe(true));

it.each(['\0', 'a\0b', '\ud800', 'a\udc00', '\ude00\ud83d'])(
  'a NUL or half of a surrogate pair makes it invalid: %j',
  (text) => expect(isText(text)).toBe(false),
);
