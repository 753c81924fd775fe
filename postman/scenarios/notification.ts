import { getNotification, listNotifications, retryNotification } from '@oms/shared/contracts/notification';
import { placeOrder } from '@oms/shared/contracts/order-endpoints';
import { every, list } from '../matcher.ts';
import { folder, refuses, says, step } from '../step.ts';
import { everyService, healthCheck } from './every-service.ts';
import { webhooks } from './webhooks.ts';

export const notification = folder('Notification Service', 'What customers are told.', [
  healthCheck('notification'),
  step(placeOrder, 'Place An Order To Be Told Of', 'Customers are told of it.', {
    body: { customer: { id: 'CUST1', email: 'ada@example.org' }, items: [{ productId: 'prod2', quantity: 1 }] },
    expect: says('it is placed', 201, { body: { status: 'CONFIRMED' }, keep: ({ id }) => ({ toldOrderId: id }) }),
  }),
  step(listNotifications, 'Notifications Of The Order', 'Asked again until both are sent.', {
    query: { orderId: '{{toldOrderId}}' },
    wait: {
      until: ({ items }) =>
        ['order-received', 'order-confirmed'].every((wanted) =>
          items.some(({ kind, status }) => kind === wanted && status === 'SENT'),
        ),
    },
    expect: says('one message for each thing that happened', 200, {
      body: { items: every({ to: 'ada@example.org' }) },
      check: ({ items }) =>
        pm.expect(items.map(({ kind }) => kind).sort()).to.eql(['order-confirmed', 'order-received']),
      keep: ({ items }) => ({ notificationId: items[0]?.id }),
    }),
  }),
  step(getNotification, 'Get Notification', 'One notification.', {
    expect: says('it says what, to whom and how', 200, {
      check: (told) => {
        const fields = ['id', 'orderId', 'kind', 'channel', 'to', 'subject', 'body', 'status', 'attempts', 'at'];
        pm.expect(told).to.include.all.keys(...fields);
      },
    }),
  }),
  step(listNotifications, 'List Notifications', 'All, page by page.', {
    query: { limit: 5 },
    expect: says('newest first', 200, {
      check: ({ items }) => {
        const times = items.map(({ at }) => Date.parse(at));
        pm.expect(times).to.eql([...times].sort((a, b) => b - a));
      },
    }),
  }),
  step(listNotifications, 'Dead Letters', 'Those that were given up.', {
    query: { status: 'DEAD' },
    expect: says('a list', 200, { body: { items: list } }),
  }),
  step(retryNotification, 'Retry What Was Sent', 'Only what was given up is sent again.', {
    expect: refuses('nothing is sent twice', 409, 'ALREADY_SENT'),
  }),
  step(getNotification, 'Get Unknown Notification', 'A notification that nobody was sent.', {
    params: { id: 'nobody' },
    expect: refuses('there is none', 404, 'NOTIFICATION_NOT_FOUND'),
  }),
  webhooks,
  everyService('notification'),
]);
