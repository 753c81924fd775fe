import { endpointsOf } from '@oms/shared/contracts/endpoint';
import * as contract from '@oms/shared/contracts/notification';
import * as webhookContract from '@oms/shared/contracts/webhook';
import { Refusal } from '@oms/shared/errors';
import { createServiceApp } from '@oms/shared/http/app';
import { answered, carryOut } from '@oms/shared/http/idempotent';
import { after } from '@oms/shared/http/paging';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import type { Express } from 'express';
import { eventOf, notifications } from './documents.ts';
import { type Notification, retried } from './domain/notification.ts';
import { defineWebhooks, type WebhookParts } from './webhooks/routes.ts';

export function createApp(parts: WebhookParts): Express {
  const { store } = parts;

  return createServiceApp(parts, (on, app) => {
    on(contract.listNotifications, async ({ query: { orderId, status, ...query }, req, res }, reply) => {
      res.locals.orderId = orderId;
      const where: Record<string, string> = { ...(orderId ? { orderId } : {}), ...(status ? { status } : {}) };
      const { limit } = query;
      const found = await notifications.list(store, { where, newestFirst: true, limit, after: after(query) });
      return reply.page(req, found, viewOf);
    });

    on(contract.getNotification, async ({ params: { id }, res }, reply) => {
      const known = existing(await notifications.read(store, id), id);
      res.locals.orderId = known.orderId;
      return reply(200, viewOf(known));
    });

    on(contract.retryNotification, async (input, reply) => {
      const { id } = input.params;
      return carryOut(parts, [notifications.id(id)], input, (docs, now) => {
        const known = existing(notifications.in(docs, id), id);
        const changed = retried(known, now);
        const answer = reply(200, viewOf(changed));
        if (changed === known) return { answer };
        return { put: [notifications.put(changed)], events: [eventOf('retried', changed)], answer };
      }).then(answered);
    });

    defineWebhooks(on, parts);
    defineServiceRoutes(on, app, parts, [contract, webhookContract].flatMap(endpointsOf));
  });
}

function existing(known: Notification | undefined, id: string): Notification {
  if (known) return known;
  throw new Refusal(404, 'NOTIFICATION_NOT_FOUND', `There is no notification ${id}.`);
}

function viewOf(notification: Notification): contract.Notification {
  const { id, orderId, occasion, letter, status, attempts, at } = notification;
  const view = { id, orderId, kind: occasion.kind, ...letter, status, attempts, at: new Date(at).toISOString() };
  switch (notification.status) {
    case 'SENT':
      return view;
    case 'DEAD':
    case 'WITHHELD':
      return { ...view, reason: notification.reason };
    case 'PENDING': {
      const { reason, dueAt } = notification;
      return { ...view, ...(reason ? { reason } : {}), nextAttemptAt: new Date(dueAt).toISOString() };
    }
  }
}
