import type { z } from 'zod';
import {
  type Announcer,
  type CloudEvent,
  TOPICS,
  TOPICS_BY_TYPE,
  type TopicByType,
} from '../contracts/cloud-events.ts';

type Data<T extends TopicByType> = z.infer<(typeof TOPICS_BY_TYPE)[T]>;
const { 'order.placed': Placed, 'order.status-changed': Changed } = TOPICS.order.types;

export const topicsByTypeOf = (service: Announcer): readonly TopicByType[] =>
  service === 'order' ? (Object.keys(TOPICS_BY_TYPE) as TopicByType[]) : [];

/** The events for this topic, in the order in which they came. A status that stays the same is no change of it. */
export const eventsByType = (topic: TopicByType, events: readonly CloudEvent[]): CloudEvent[] =>
  events.flatMap((event) => {
    const data = OF[topic](event);
    return data ? [{ ...event, source: `${event.source}/by-type`, type: topic, data }] : [];
  });

const OF: { [T in TopicByType]: (event: CloudEvent) => Data<T> | undefined } = {
  'order-placed': (event) => {
    if (event.type !== 'order.placed') return undefined;
    const { orderId, customer, items, total, currency } = event.data as z.infer<typeof Placed>;
    return { orderId, customerId: customer.id, items, total, currency, status: 'PENDING', ...happened(event) };
  },
  'order-status-changed': (event) => {
    if (event.type !== 'order.status-changed') return undefined;
    const { orderId, oldStatus, newStatus, reason } = event.data as z.infer<typeof Changed>;
    if (oldStatus === newStatus) return undefined;
    return { orderId, oldStatus, newStatus, reason, ...happened(event) };
  },
};

const happened = ({ id, sequence, time }: CloudEvent) => ({ eventId: id, version: Number(sequence), at: time });
