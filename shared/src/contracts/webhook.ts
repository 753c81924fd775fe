import { z } from 'zod';
import { TOPICS } from './cloud-events.ts';
import { Id, PageQuery, page, Reason, Time } from './common.ts';
import { endpoints, problems } from './endpoint.ts';

const { get, post, put, remove } = endpoints('Webhooks');

/** The services whose events webhooks are told of. */
const TOLD_OF = ['order', 'payment', 'shipping'] as const;
const types = TOLD_OF.flatMap((service) => Object.keys(TOPICS[service].types));
const families = [...new Set(types.map((type) => type.replace(/\..*/, '.*')))];

/** A misspelled type would be told of nothing. */
const Subscribed = z
  .string()
  .regex(
    new RegExp(`^(?:${['*', ...families, ...types].join('|').replaceAll(/[.*]/g, '\\$&')})$`),
    'must be *, a family such as order.*, or a type such as order.placed',
  )
  .meta({
    description: `\`*\`, a family (${families.join(', ')}) or a type (${types.join(', ')})`,
    example: 'order.*',
  });

const WebhookUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with https://' })
  .max(1_000)
  .meta({ description: 'Where events are posted to: https, port 443 or 8443, at a public address' });

export const WebhookGiven = z
  .object({
    url: WebhookUrl,
    events: z.array(Subscribed).min(1).max(50),
    description: Reason.optional(),
    paused: z.boolean().default(false).meta({ description: 'true: nothing is delivered, and nothing is lost' }),
  })
  .meta({ id: 'WebhookGiven', example: { url: 'https://shop.example.com/hooks/orders', events: ['order.*'] } });
export type WebhookGiven = z.infer<typeof WebhookGiven>;

const example = {
  id: 'WEBHOOK1',
  url: 'https://shop.example.com/hooks/orders',
  events: ['order.*'],
  status: 'ACTIVE',
  since: '2026-11-21T04:38:27.007Z',
  createdAt: '2026-11-21T04:38:27.007Z',
} as const;
export const Webhook = z
  .object({
    id: Id,
    url: z.string(),
    events: z.array(z.string()),
    description: z.string().optional(),
    status: z.enum(['ACTIVE', 'PAUSED']).meta({ id: 'WebhookStatus' }),
    reason: z.string().optional().meta({ description: 'Why it is paused' }),
    since: Time.meta({ description: 'When it became active, was changed, or was paused' }),
    createdAt: Time,
  })
  .meta({ id: 'Webhook', example });
export type Webhook = z.infer<typeof Webhook>;

const WebhookWithSecret = Webhook.extend({
  secret: z.string().meta({ description: 'Signs the deliveries, as in Standard Webhooks. It is not shown again' }),
}).meta({
  id: 'WebhookWithSecret',
  example: { ...example, secret: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
});

export const DeliveryStatus = z.enum(['DELIVERED', 'FAILING']).meta({
  id: 'DeliveryStatus',
  description: 'FAILING: it is tried again, and holds back the later events of its order',
});
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

export const Delivery = z
  .object({
    id: Id,
    eventId: z.string().meta({ description: 'The `webhook-id` of every attempt' }),
    type: z.string().meta({ example: 'order.placed' }),
    orderId: Id,
    status: DeliveryStatus,
    attempts: z.int(),
    at: Time.meta({ description: 'The time of the last attempt' }),
    durationMs: z.int(),
    answer: z.int().optional().meta({ description: 'The status that the receiver answered; absent: no answer' }),
    reason: z.string().optional().meta({ description: 'Why the last attempt failed' }),
    nextAttemptAt: Time.optional(),
  })
  .meta({
    id: 'Delivery',
    example: {
      id: '57',
      eventId: 'ORDER1:1',
      type: 'order.placed',
      orderId: 'ORDER1',
      status: 'DELIVERED',
      attempts: 1,
      at: '2026-11-21T04:38:27.007Z',
      durationMs: 12,
      answer: 204,
    },
  });
export type Delivery = z.infer<typeof Delivery>;

const OfWebhook = z.object({ id: Id });
const notFound = problems(404, 'WEBHOOK_NOT_FOUND');

export const createWebhook = post('/webhooks', {
  summary: 'Posts events to an address from now on, as CloudEvents, with a Standard Webhooks signature',
  description:
    'Each event of an order, a payment or a shipment is one request, those of an order one after the other. A receiver verifies the signature, answers with any 2xx within 10 seconds, and knows by `webhook-id` what it has already.',
  body: WebhookGiven,
  answers: {
    201: { description: 'The webhook, and its secret', schema: WebhookWithSecret, headers: ['Location'] },
    ...problems(409, 'TOO_MANY_WEBHOOKS'),
  },
});

export const listWebhooks = get('/webhooks', {
  summary: 'Webhooks, newest first; PAUSED: by an operator, by 410 Gone, or after a day without success',
  description: 'Their secrets are not shown. There are 50 at most.',
  query: PageQuery,
  answers: { 200: { description: 'A page of webhooks', schema: page(Webhook), headers: ['Link'] } },
});

export const getWebhook = get('/webhooks/{id}', {
  summary: 'A webhook',
  description: 'Where its events go, and whether it is paused, with the reason.',
  params: OfWebhook,
  answers: { 200: { description: 'The webhook', schema: Webhook }, ...notFound },
});

export const changeWebhook = put('/webhooks/{id}', {
  summary: 'Changes a webhook, and resumes it where it stopped, unless it is to be paused',
  description: 'What was failing is tried at once, and for another day. The secret stays.',
  params: OfWebhook,
  body: WebhookGiven,
  answers: { 200: { description: 'The webhook now', schema: Webhook }, ...notFound },
});

export const deleteWebhook = remove('/webhooks/{id}', {
  summary: 'Removes a webhook with its secrets and its deliveries; nothing is delivered any more',
  description: 'What is under way is broken off: its receiver may have taken it.',
  params: OfWebhook,
  answers: { 200: { description: 'The removed webhook', schema: Webhook }, ...notFound },
});

export const rotateWebhookSecret = post('/webhooks/{id}/rotate-secret', {
  summary: 'Makes a new secret; for 24 hours the old one signs, too',
  description:
    'Each delivery then has a signature of both, so that the receiver can change its secret at any time of the day.',
  params: OfWebhook,
  answers: { 200: { description: 'The webhook, and its new secret', schema: WebhookWithSecret }, ...notFound },
});

export const listWebhookDeliveries = get('/webhooks/{id}/deliveries', {
  summary: 'Deliveries, newest first: all that are failing, and the last thousand that succeeded',
  description: 'Of an event that was delivered more than once the last delivery is shown.',
  params: OfWebhook,
  query: z.object({ ...PageQuery.shape, status: DeliveryStatus.optional() }),
  answers: { 200: { description: 'A page of deliveries', schema: page(Delivery), headers: ['Link'] }, ...notFound },
});

export const redeliverToWebhook = post('/webhooks/{id}/deliveries/{deliveryId}/redeliver', {
  summary: 'Delivers an event once more, at once and beside the others of its order',
  description: 'One that is failing is tried at once. It has the same `webhook-id` as before.',
  params: OfWebhook.extend({ deliveryId: Id }),
  answers: {
    202: { description: 'The delivery so far', schema: Delivery },
    ...problems(404, 'WEBHOOK_NOT_FOUND', 'DELIVERY_NOT_FOUND'),
    ...problems(409, 'WEBHOOK_PAUSED', 'TOO_MANY_REDELIVERIES'),
  },
});

export const replayWebhook = post('/webhooks/{id}/replay', {
  summary: 'Delivers everything since a time again, in the order in which it came; newer events come after that',
  description:
    'Events are there from the time when there was a first webhook. A paused webhook replays them when it is resumed.',
  params: OfWebhook,
  body: z.object({ from: Time }).meta({ id: 'Replay', example: { from: '2025-01-31T12:00:00Z' } }),
  answers: {
    202: { description: 'The webhook', schema: Webhook },
    ...notFound,
    ...problems(409, 'TOO_MANY_REDELIVERIES'),
  },
});
