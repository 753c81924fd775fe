import { z } from 'zod';
import { Time } from './common.ts';

export const Event = z
  .object({
    id: z.string(),
    version: z.int(),
    type: z.string(),
    at: Time,
    data: z.record(z.string(), z.unknown()),
    traceId: z.string(),
  })
  .meta({ id: 'Event' });

export const FeedEvent = Event.extend({ stream: z.string(), position: z.string() }).meta({ id: 'FeedEvent' });

export const EventPosition = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a position from an earlier answer')
  .meta({ description: 'From `next` of the answer before' });
