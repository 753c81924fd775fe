import { z } from 'zod';
import { Time } from './common.ts';

export const Event = z
  .object({
    id: z.string(),
    version: z.int(),
    type: z.string(),
    at: Time,
    data: z.record(z.string(), z.unknown()),
    dataVersion: z
      .int()
      .default(1)
      .meta({ description: 'The version of the form of `data`. 2: amounts are decimals with a currency' }),
    traceId: z.string(),
  })
  .meta({ id: 'Event' });

export const FeedEvent = Event.extend({
  stream: z.string(),
  position: z.string(),
  spanId: z.string().optional().meta({ description: 'The span that wrote it, if its trace is recorded' }),
}).meta({ id: 'FeedEvent' });
export type FeedEvent = z.infer<typeof FeedEvent>;

export const FeedPage = z
  .object({
    events: z.array(FeedEvent),
    next: z.string().meta({ description: '`after` of the next request; 0 if `after` was beyond the end of the feed' }),
    feed: z.string().nullable().meta({
      description:
        'The id of the feed; null while it has no event. Another id than before: the feed is a new one, and its positions start again',
    }),
  })
  .meta({ id: 'FeedPage' });
export type FeedPage = z.infer<typeof FeedPage>;

export const EventPosition = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a position from an earlier answer')
  .meta({ description: '`next` of the previous answer' });
