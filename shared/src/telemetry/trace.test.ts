import { describe, expect, it } from '@jest/globals';
import {
  causeIn,
  causeOf,
  currentTrace,
  traceFrom,
  traceOf,
  traceparentFrom,
  traceparentOf,
  unrecorded,
  withTrace,
} from './trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';
let seed = 0;
const random = () => ((seed = (seed * 16_807 + 1) % 2_147_483_647) / 2_147_483_647) % 1;

describe('the trace of a request', () => {
  it('continues the trace of its header, in its own span', () => {
    const trace = traceOf(`00-${traceId}-${parent}-01`, undefined, random);
    expect(trace.traceId).toBe(traceId);
    expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(trace.spanId).not.toBe(parent);
  });

  it('understands later versions of the header', () => {
    expect(traceOf(`01-${traceId}-${parent}-01-more`, undefined, random).traceId).toBe(traceId);
  });

  it.each([
    undefined,
    '',
    'garbage',
    `ff-${traceId}-${parent}-01`,
    `00-${traceId.toUpperCase()}-${parent}-01`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-${parent}`,
  ])('is a new one when the header is %j', (header) => {
    const { traceId: own } = traceOf(header, undefined, random);
    expect(own).toMatch(/^[0-9a-f]{32}$/);
    expect(own).not.toBe(traceId);
    expect(own).not.toMatch(/^0+$/);
  });

  it.each([
    ['01', true],
    ['00', false],
    ['03', true],
    ['02', false],
  ])('is recorded as its caller decided: with %s %s', (flags, sampled) => {
    const trace = traceOf(`00-${traceId}-${parent}-${flags}`, undefined, random);
    expect(trace).toMatchObject({ parentId: parent, sampled });
    expect(traceparentOf(trace)).toBe(`00-${traceId}-${trace.spanId}-${sampled ? '01' : '00'}`);
  });

  it('may be recorded when it begins here, unless it is unrecorded work', () => {
    expect(traceOf(undefined, undefined, random)).toMatchObject({ sampled: true, parentId: undefined });
    expect(traceparentOf(unrecorded(random))).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('keeps the request id of its header, and makes one otherwise', () => {
    expect(traceOf(undefined, 'mine', random).requestId).toBe('mine');
    const { requestId, traceId: id, spanId } = traceOf(undefined, 'not mine', random);
    expect(requestId).toBe(`${id}-${spanId}`);
  });

  it('is passed on as a valid traceparent', () => {
    const trace = traceFrom({ traceId, spanId: parent }, random);
    expect(traceOf(traceparentOf(trace), undefined, random).traceId).toBe(traceId);
  });
});

describe('the current trace', () => {
  it('is that of the work under way, across everything it awaits, and of no other work', async () => {
    const [a, b] = [traceFrom({ traceId: 'a'.repeat(32) }, random), traceFrom({ traceId: 'b'.repeat(32) }, random)];
    const seen = await Promise.all(
      [a, b].map((trace) =>
        withTrace(trace, async () => {
          await new Promise(setImmediate);
          return currentTrace();
        }),
      ),
    );
    expect(seen).toEqual([a, b]);
    expect(currentTrace()).toBeUndefined();
  });
});

describe('work that goes on later', () => {
  const request = () => traceOf(`00-${traceId}-${parent}-01`, undefined, random);

  it('has its cause as its parent, through an event and its header', () => {
    const trace = request();
    const cause = causeOf(traceId, trace);
    expect(cause).toEqual({ traceId, spanId: trace.spanId });
    expect(causeIn(traceparentFrom(cause), random)).toEqual(cause);
    expect(traceFrom(cause, random)).toMatchObject({ traceId, parentId: trace.spanId, sampled: true });
  });

  it.each([
    ['its trace is not to be recorded', { ...request(), sampled: false }],
    ['it was caused in another trace', traceOf(undefined, undefined, random)],
    ['nobody knows what caused it', undefined],
  ])('goes on in the same trace unrecorded when %s', (_why, work) => {
    const cause = causeOf(traceId, work);
    expect(cause).toEqual({ traceId });
    const header = traceparentFrom(cause);
    expect(header).toBe(`00-${traceId}-${traceId.slice(16)}-00`);
    expect(causeIn(header, random)).toEqual({ traceId });
    expect(traceFrom(cause, random)).toMatchObject({ traceId, parentId: undefined, sampled: false });
  });
});
