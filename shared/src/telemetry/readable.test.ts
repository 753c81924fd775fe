import { describe, expect, it } from '@jest/globals';
import { readable } from './readable.ts';

const timestamp = '2026-01-02T03:04:05.678Z';
const time = (() => {
  const at = new Date(timestamp);
  return `${at.toTimeString().slice(0, 8)}.678`;
})();
const line = { timestamp, service: 'order', level: 'info', message: 'request' };

describe('a line of the log at a terminal', () => {
  it('has time, service, level, message and the other fields', () => {
    expect(readable({ ...line, method: 'POST', path: '/orders', status: 201, ms: 12.3, orderId: undefined })).toBe(
      `${time} order        info  request method=POST path=/orders status=201 ms=12.3`,
    );
  });

  it('leaves the service out when the line names none', () => {
    const { service: _who, ...rest } = line;
    expect(readable({ ...rest, level: 'warn' })).toBe(`${time} warn  request`);
  });

  it('quotes values with spaces, and shows values that are no text', () => {
    expect(readable({ ...line, reason: 'a = "b"', empty: '', list: [1, { a: 2 }], no: null })).toMatch(
      / reason="a = \\"b\\"" empty="" list=\[1,\{"a":2\}\] no=null$/,
    );
  });

  it('has the stack of an error below it', () => {
    const error = 'Error: broken\n    at one\ncaused by Error: deeper';
    expect(readable({ ...line, level: 'error', error })).toBe(
      `${time} order        error request\n    Error: broken\n        at one\n    caused by Error: deeper`,
    );
  });

  it('escapes control characters, whatever a client has sent', () => {
    const evil = '\u001b[2J\u009b31m\rred\n\u2028';
    const text = readable({ ...line, message: evil, path: evil, [evil]: 1, error: evil });
    expect(text.split('\n')).toHaveLength(3);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/);
  });

  it('is coloured by its level where colours are on', () => {
    expect(readable({ ...line, level: 'error' }, true)).toContain('\u001b[31merror\u001b[0m');
    expect(readable(line, true)).not.toContain('\u001b');
  });
});
