import { z } from 'zod';
import { Id, PageQuery, page, Time } from './common.ts';
import { endpoints, problems } from './endpoint.ts';

const { get, post } = endpoints('Notifications');

export const NotificationStatus = z.enum(['PENDING', 'SENT', 'DEAD', 'WITHHELD']).meta({ id: 'NotificationStatus' });
export type NotificationStatus = z.infer<typeof NotificationStatus>;

/** One for each event of an order that matters to its customer. */
export const NotificationKind = z
  .enum([
    'order-received',
    'order-awaiting-confirmation',
    'order-confirmed',
    'order-processing',
    'order-shipped',
    'parcel-shipped',
    'order-delivered',
    'order-cancelled',
    'order-rejected',
    'order-returned',
    'items-cancelled',
    'items-returned',
    'payment-received',
    'payment-refunded',
    'shipment-out-for-delivery',
    'shipment-exception',
  ])
  .meta({ id: 'NotificationKind' });
export type NotificationKind = z.infer<typeof NotificationKind>;

export const NotificationChannel = z.enum(['log', 'smtp', 'sms', 'webhook']).meta({ id: 'NotificationChannel' });
export type NotificationChannel = z.infer<typeof NotificationChannel>;

/** `channel`, `to`, `subject` and `body` are absent until the order of the event is known. */
export const Notification = z
  .object({
    id: Id,
    orderId: Id,
    kind: NotificationKind,
    channel: NotificationChannel.optional(),
    to: z
      .string()
      .optional()
      .meta({ description: 'An e-mail address or a phone number, or the id of a customer with neither' }),
    subject: z.string().optional(),
    body: z.string().optional(),
    status: NotificationStatus,
    attempts: z.int(),
    at: Time.meta({ description: 'When the event happened' }),
    reason: z.string().optional().meta({ description: 'Why the last attempt failed, or why it is withheld' }),
    nextAttemptAt: Time.optional(),
  })
  .meta({
    id: 'Notification',
    example: {
      id: 'NOTIFICATION1',
      orderId: 'ORDER1',
      kind: 'order-confirmed',
      channel: 'log',
      to: 'CUST1',
      subject: 'Your order is confirmed',
      body: 'Thank you.',
      status: 'SENT',
      attempts: 1,
      at: '2026-11-21T04:38:27.007Z',
    },
  });
export type Notification = z.infer<typeof Notification>;

const OfNotification = z.object({ id: Id });
const notFound = problems(404, 'NOTIFICATION_NOT_FOUND');

export const listNotifications = get('/notifications', {
  summary: 'Notifications, newest first; DEAD: given up after too many attempts; WITHHELD: not to be sent',
  description: 'Mails, text messages and webhooks that customers were sent about their orders, and how that went.',
  query: z.object({ ...PageQuery.shape, orderId: Id.optional(), status: NotificationStatus.optional() }),
  answers: { 200: { description: 'A page of notifications', schema: page(Notification), headers: ['Link'] } },
});

export const getNotification = get('/notifications/{id}', {
  summary: 'A notification',
  description: 'What it says, to whom it goes, and how often it was tried.',
  params: OfNotification,
  answers: { 200: { description: 'The notification', schema: Notification }, ...notFound },
});

export const retryNotification = post('/notifications/{id}/retry', {
  summary: 'Sends a notification that is DEAD or WITHHELD after all; one that was sent is not sent twice',
  description: 'At once. It is tried as often as a new one.',
  params: OfNotification,
  answers: {
    200: { description: 'The notification now', schema: Notification },
    ...notFound,
    ...problems(409, 'ALREADY_SENT'),
  },
});
