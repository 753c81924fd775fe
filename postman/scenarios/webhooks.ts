import { placeOrder } from '@oms/shared/contracts/order-endpoints';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhookDeliveries,
  listWebhooks,
  redeliverToWebhook,
  replayWebhook,
  rotateWebhookSecret,
} from '@oms/shared/contracts/webhook';
import { every, matching } from '../matcher.ts';
import { folder, refuses, says, step } from '../step.ts';

/** Nothing is there, now and for ever. */
const url = 'https://shop.invalid/hooks/orders';
const events = ['order.*'] as const;

export const webhooks = folder('Webhooks', 'Who else is told of events. Nobody is, here: the address leads nowhere.', [
  step(createWebhook, 'Create Webhook', 'Events are posted to its address from now on.', {
    body: { url, events: [...events], description: 'A shop' },
    expect: says('its secret is shown once', 201, {
      headers: { Location: '/webhooks/{id}' },
      body: { url, status: 'ACTIVE', secret: matching(/^whsec_/) },
      keep: ({ id }) => ({ webhookId: id }),
    }),
  }),
  step(createWebhook, 'Create Webhook For A Misspelled Event', 'It would be told of nothing.', {
    wrongBody: { url, events: ['order.plaiced'] },
    expect: refuses('it is refused', 400, 'VALIDATION_FAILED'),
  }),
  step(placeOrder, 'Place An Order To Be Delivered', 'Its events are delivered.', {
    body: { customer: { id: 'CUST1' }, items: [{ productId: 'prod2', quantity: 1 }] },
    expect: says('it is placed', 201, { body: { status: 'CONFIRMED' } }),
  }),
  step(listWebhookDeliveries, 'Failing Deliveries', 'Asked again until the first attempt has failed.', {
    query: { status: 'FAILING' },
    wait: { until: ({ items }) => items.length > 0 },
    expect: says('it is tried again, and holds back what comes after it', 200, {
      body: { items: every({ type: 'order.placed', status: 'FAILING' }) },
      keep: ({ items }) => ({ deliveryId: items[0]?.id }),
    }),
  }),
  step(redeliverToWebhook, 'Redeliver', 'At once, whatever the pause.', {
    params: { deliveryId: '{{deliveryId}}' },
    expect: says('it is on its way', 202, { body: { id: '{{deliveryId}}' } }),
  }),
  step(redeliverToWebhook, 'Redeliver What There Is Not', 'A delivery that nobody knows.', {
    params: { deliveryId: 'nothing' },
    expect: refuses('there is none', 404, 'DELIVERY_NOT_FOUND'),
  }),
  step(replayWebhook, 'Replay', 'Everything since a time, once more.', {
    body: { from: '2020-01-01T00:00:00Z' },
    expect: says('it begins', 202, { body: { status: 'ACTIVE' } }),
  }),
  step(rotateWebhookSecret, 'Rotate Secret', 'For a day the old one signs, too.', {
    expect: says('there is a new one', 200, { body: { secret: matching(/^whsec_/) } }),
  }),
  step(changeWebhook, 'Pause Webhook', 'Nothing is delivered, and nothing is lost.', {
    body: { url, events: ['*'], paused: true },
    expect: says('it says why it is paused', 200, { body: { status: 'PAUSED', reason: 'paused by an operator' } }),
  }),
  step(getWebhook, 'Get Webhook', 'One webhook.', {
    expect: says('without its secret', 200, {
      body: { url, status: 'PAUSED' },
      check: (webhook) => void pm.expect(webhook).to.not.have.property('secret'),
    }),
  }),
  step(listWebhooks, 'List Webhooks', 'All, page by page, newest first.', {
    query: { limit: 5 },
    expect: says('it is among them', 200, {
      check: ({ items }) => pm.expect(items.map(({ id }) => id)).to.include(pm.collectionVariables.get('webhookId')),
    }),
  }),
  step(deleteWebhook, 'Delete Webhook', 'Nothing is delivered any more.', {
    expect: says('it is the one that was removed', 200, { body: { url } }),
  }),
  step(getWebhook, 'Get Deleted Webhook', 'It is gone.', {
    expect: refuses('there is none', 404, 'WEBHOOK_NOT_FOUND'),
  }),
]);
