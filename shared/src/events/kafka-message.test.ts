import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../contracts/cloud-events.ts';
import { eventOf, messageOf } from './kafka-message.ts';

const event: CloudEvent = {
  specversion: '1.0',
  id: 'event-1',
  source: '/order',
  type: 'order.placed',
  subject: 'order-1',
  time: '2026-01-31T12:00:00.000Z',
  datacontenttype: 'application/json',
  sequence: '1',
  dataversion: '2',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  data: { orderId: 'order-1', note: 'käse' },
};

describe('an event as a message of Kafka', () => {
  it('has its subject as key, its data as value and all else in headers', () => {
    expect(messageOf(event)).toEqual({
      key: 'order-1',
      value: '{"orderId":"order-1","note":"käse"}',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: 'event-1',
        ce_source: '/order',
        ce_type: 'order.placed',
        ce_subject: 'order-1',
        ce_time: '2026-01-31T12:00:00.000Z',
        ce_sequence: '1',
        ce_dataversion: '2',
        ce_traceparent: event.traceparent,
      },
    });
  });

  it('has no header for what it lacks', () => {
    expect(Object.keys(messageOf({ ...event, traceparent: undefined }).headers)).not.toContain('ce_traceparent');
  });

  it('is read back as it was, with a trace and without', () => {
    expect(eventOf(messageOf(event))).toEqual(event);
    const { traceparent: _, ...untraced } = event;
    expect(eventOf(messageOf(untraced))).toEqual(untraced);
  });
});

describe('a message that is no event', () => {
  const message = messageOf(event);

  it.each([
    ['whose value is no JSON', { ...message, value: '{' }],
    ['whose value is no object', { ...message, value: '7' }],
    ['without a value', { ...message, value: '' }],
    ['without headers', { ...message, headers: {} }],
    ['of another version of CloudEvents', { ...message, headers: { ...message.headers, ce_specversion: '2.0' } }],
    ['with another kind of data', { ...message, headers: { ...message.headers, 'content-type': 'text/xml' } }],
    ['without an id', { ...message, headers: { ...message.headers, ce_id: undefined as never } }],
  ])('%s cannot be read', (_, unreadable) => {
    expect(() => eventOf(unreadable)).toThrow();
  });
});
