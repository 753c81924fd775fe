import { z } from 'zod';
import { Limit } from './common.ts';
import { endpoints, problems } from './endpoint.ts';
import { EventPosition } from './events.ts';
import { getEventFeed as ofOneService } from './service.ts';

const { get } = endpoints('Events');

const { description, headers, answers } = ofOneService;
const PUBLISHERS = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'] as const;

/** The feed of a service as the gateway forwards it. What only services may ask for is left out. */
export const getEventFeed = get('/services/{service}/events', {
  summary: 'All events of a service, in an order that never skips one; `Accept: text/event-stream`: live',
  description,
  params: z.object({ service: z.enum(PUBLISHERS).meta({ id: 'ServiceName', example: 'order' }) }),
  query: z.object({
    after: z
      .union([EventPosition, z.literal('end')])
      .default('0')
      .meta({ description: '`next` of the previous answer. `end`: only events from now on' }),
    limit: Limit,
  }),
  headers,
  answers: { ...answers, ...problems(404, 'ROUTE_NOT_FOUND') },
});
