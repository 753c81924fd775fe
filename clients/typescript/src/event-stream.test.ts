import { describe, expect, it } from '@jest/globals';
import { EventStreamParser } from './event-stream.ts';

const STREAM =
  ': connected\n\nid: 7 f\nevent: order\ndata: {"a":1}\n\nevent: system\ndata: two\ndata: lines\n\n: still here\n\n';

describe('a stream of events', () => {
  it.each([1, 2, 3, 7, 1_000])('is read in pieces of %i characters', (size) => {
    const parser = new EventStreamParser('6 f');
    const messages = [];
    for (let i = 0; i < STREAM.length; i += size) messages.push(...parser.push(STREAM.slice(i, i + size)));
    expect(messages).toEqual([
      { id: '7 f', event: 'order', data: '{"a":1}' },
      { id: '7 f', event: 'system', data: 'two\nlines' },
    ]);
  });

  it('keeps the last id after a reconnect until the next one', () => {
    const [message] = new EventStreamParser('6 f').push('event: system\r\ndata: x\r\n\r\n');
    expect(message).toEqual({ id: '6 f', event: 'system', data: 'x' });
  });
});
