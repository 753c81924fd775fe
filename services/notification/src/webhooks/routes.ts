import * as contract from '@oms/shared/contracts/webhook';
import { Refusal } from '@oms/shared/errors';
import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import { after } from '@oms/shared/http/paging';
import { invalid } from '@oms/shared/http/request';
import type { Handled, On } from '@oms/shared/http/route';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { Answer } from '@oms/shared/store/store';
import { PAGE_NUMBERS } from '../domain/delivery-log.ts';
import type { NotificationDoc } from '../domain/notification.ts';
import type { Progress } from '../domain/waiting.ts';
import type { Webhook } from '../domain/webhook.ts';
import * as domain from '../domain/webhook.ts';
import { newSecret } from '../standard-webhooks.ts';
import { deliveryOf, firstOf, pageOfDeliveries, type Shown } from './deliveries.ts';
import { ALL, type Change, eventOf, logs, progresses, webhooks } from './documents.ts';
import type { Receivers } from './receivers.ts';

export interface WebhookParts extends ServiceParts<NotificationDoc> {
  receivers: Pick<Receivers, 'faultOf'>;
}

/** An answer with a secret is kept by no cache, and compressed by nobody. */
const SECRET = { 'Cache-Control': 'no-store' };

export function defineWebhooks(on: On, parts: WebhookParts): void {
  const { store, world, receivers } = parts;

  on(contract.createWebhook, async (input, reply) => {
    const { paused, ...given } = input.body;
    await mustBeAllowed(given.url);
    const id = world.newId(world.now());
    const [secret, place] = [newSecret(), await store.lastPosition()];
    const ids = [webhooks.id(ALL), progresses.id(id)];
    return carryOut(parts, ids, input, (docs, now) => {
      const webhook = domain.created(id, given, paused, secret, now);
      const all = domain.added(webhooks.in(docs, ALL), webhook);
      const answer = reply(201, { ...viewOf(webhook), secret }, { Location: `/webhooks/${id}`, ...SECRET });
      return {
        put: [webhooks.put(all), progresses.put(begun(id, place, now))],
        events: [eventOf('created', id)],
        answer,
      };
    }).then(answered);
  });

  on(contract.listWebhooks, async ({ query, req }, reply) => {
    const before = after(query);
    const all = (await webhooks.read(store, ALL))?.all ?? [];
    const rest = all.filter(({ id }) => before === undefined || id < before).sort((a, b) => (a.id < b.id ? 1 : -1));
    return reply.page(
      req,
      firstOf(rest, query.limit, ({ id }) => id),
      viewOf,
    );
  });

  on(contract.getWebhook, async ({ params: { id } }, reply) => reply(200, viewOf(await existing(id))));

  on(contract.changeWebhook, async (input, reply) => {
    const { paused, ...given } = input.body;
    await mustBeAllowed(given.url);
    return change(input, 'changed', (known, now) => {
      const webhook = domain.changed(known, given, paused, now);
      return { webhook, answer: reply(200, viewOf(webhook)) };
    });
  });

  on(contract.rotateWebhookSecret, async (input, reply) => {
    const secret = newSecret();
    return change(input, 'secret-rotated', (known, now) => {
      const webhook = domain.rotated(known, secret, now);
      return { webhook, answer: reply(200, { ...viewOf(webhook), secret }, SECRET) };
    });
  });

  on(contract.deleteWebhook, async (input, reply) => {
    const { id } = input.params;
    const pages = PAGE_NUMBERS.map((page) => ({ kind: 'webhook-log', webhookId: id, page, deliveries: [] }) as const);
    const ids = [webhooks.id(ALL), progresses.id(id), ...pages.map((page) => logs.put(page).id)];
    return carryOut(parts, ids, input, (docs) => {
      const all = webhooks.in(docs, ALL);
      const webhook = domain.existing(all, id);
      const written = pages.map(logs.put).filter((page) => docs.get(page.id));
      const put = [
        webhooks.put(domain.without(all, id)),
        progresses.put({ ...begun(id, '0', 0), removed: true }),
        ...written,
      ];
      return { put, events: [eventOf('removed', id)], answer: reply(200, viewOf(webhook)) };
    }).then(answered);
  });

  on(contract.listWebhookDeliveries, async ({ params: { id }, query, req }, reply) => {
    const webhook = await existing(id);
    const { status, limit } = query;
    const found = await pageOfDeliveries(store, id, { status, limit, after: after(query) });
    return reply.page(req, found, (delivery) => deliveryViewOf(delivery, webhook));
  });

  on(contract.redeliverToWebhook, async (input, reply) => {
    const { id, deliveryId } = input.params;
    const delivery = await deliveryOf(store, id, deliveryId);
    const wish = { id: world.newId(world.now()), delivery: deliveryId };
    return change(input, 'redelivery-requested', (known) => {
      if (!delivery) throw new Refusal(404, 'DELIVERY_NOT_FOUND', `Webhook ${id} has no delivery ${deliveryId}.`);
      if (known.status === 'PAUSED') throw new Refusal(409, 'WEBHOOK_PAUSED', `Webhook ${id} is paused.`);
      return { webhook: domain.wished(known, wish), answer: reply(202, deliveryViewOf(delivery, known)) };
    });
  });

  on(contract.replayWebhook, async (input, reply) => {
    const from = Date.parse(input.body.from);
    const wish = { id: world.newId(world.now()), from };
    return change(input, 'redelivery-requested', (known, now) => {
      if (from > now) throw invalid([{ path: 'from', message: 'must be in the past' }]);
      return { webhook: domain.wished(known, wish), answer: reply(202, viewOf(known)) };
    });
  });

  const existing = async (id: string): Promise<Webhook> => domain.existing(await webhooks.read(store, ALL), id);

  async function mustBeAllowed(url: string): Promise<void> {
    const message = await receivers.faultOf(url);
    if (message !== undefined) throw invalid([{ path: 'url', message }]);
  }

  function change(
    input: WriteRequest & { params: { id: string } },
    what: Change,
    decide: (known: Webhook, now: number) => { webhook: Webhook; answer: Answer },
  ): Promise<Handled> {
    const { id } = input.params;
    return carryOut(parts, [webhooks.id(ALL)], input, (docs, now) => {
      const all = webhooks.in(docs, ALL);
      const { webhook, answer } = decide(domain.existing(all, id), now);
      return { put: [webhooks.put(domain.replaced(all, webhook))], events: [eventOf(what, id)], answer };
    }).then(answered);
  }
}

const begun = (webhookId: string, place: string, since: number): Progress => ({
  ...{ kind: 'webhook-progress', webhookId, holder: '', place, waiting: [], since, logged: 0 },
});

const timeOf = (ms: number): string => new Date(ms).toISOString();

function viewOf(webhook: Webhook): contract.Webhook {
  const { id, url, events, description, status, since, createdAt } = webhook;
  const reason = webhook.status === 'PAUSED' ? { reason: webhook.reason } : {};
  const times = { since: timeOf(since), createdAt: timeOf(createdAt) };
  return { id, url, events: [...events], description, status, ...reason, ...times };
}

function deliveryViewOf(delivery: Shown, { status }: Webhook): contract.Delivery {
  const { id, eventId, type, orderId, attempts, at, durationMs, answer } = delivery;
  const view = { id, eventId, type, orderId, status: delivery.status, attempts, at: timeOf(at), durationMs, answer };
  if (delivery.status === 'DELIVERED') return view;
  const next = status === 'ACTIVE' ? { nextAttemptAt: timeOf(delivery.dueAt) } : {};
  return { ...view, reason: delivery.reason, ...next };
}
