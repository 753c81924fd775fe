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
      .meta({ description: 'Of the form of `data`. 2: amounts are decimals, with their currency beside them' }),
    traceId: z.string(),
  })
  .meta({ id: 'Event' });

export const FeedEvent = Event.extend({
  stream: z.string(),
  position: z.string(),
  spanId: z.string().optional().meta({ description: 'What wrote it, if its trace is to be recorded' }),
}).meta({ id: 'FeedEvent' });
export type FeedEvent = z.infer<typeof FeedEvent>;

export const FeedPage = z.object({
  events: z.array(FeedEvent),
  next: z.string().meta({ description: 'Where to go on; 0 when that position lies beyond the end of the feed' }),
  feed: z.string().nullable().meta({
    description:
      'Another one than before: the service has begun anew, and its positions too; null while there is no event',
  }),
});
export type FeedPage = z.infer<typeof FeedPage>;

export const EventPosition = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a position from an earlier answer')
  .meta({ description: 'From `next` of the answer before' });
