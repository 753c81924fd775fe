import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Notification } from '@oms/shared/contracts/notification';
import { type MailServer, startMailServer } from '../servers/mail.ts';
import { json, startTarget, type Target } from '../support/call-target.ts';
import { describeDurable } from '../support/database.ts';
import { eventually } from './http.ts';
import { cart, confirmed, reaches } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

const NAMES: Name[] = ['order', 'inventory', 'payment', 'shipping', 'notification'];
const ADA = { customerId: undefined, customer: { id: 'CUST1', name: 'Ada Lovelace', email: 'ada@example.org' } };

let mailServer: MailServer;
let receiver: Target;
let system: System;

const prepare = async (env: Record<string, string> = {}) => {
  mailServer = await startMailServer();
  receiver = await startTarget();
  receiver.answer = (_req, res) => json(res, 200, {});
  const mail = { SMTP_URL: mailServer.url, MAIL_FROM: 'orders@shop.example' };
  const webhook = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: `whsec_${'A'.repeat(32)}` };
  system = await startSystem({ ...mail, ...webhook, ...env }, NAMES);
};
const tidy = async () => {
  await system.stop();
  await receiver.close();
  await mailServer.close();
};

/** The notifications, once there are this many and all of them are sent. */
async function notified(orderId: string, count: number): Promise<Notification[]> {
  const { body } = await eventually(
    () => system.notification.get(`/notifications?orderId=${orderId}`),
    (got) => got.body.items.length >= count && got.body.items.every((one: Notification) => one.status === 'SENT'),
  );
  return body.items;
}
const kindsOf = (notifications: Notification[]) => notifications.map(({ kind }) => kind).sort();
const subjects = () => mailServer.mails.map(({ headers }) => headers.subject).sort();

async function deliver(id: string): Promise<void> {
  const { body } = await system.order.post(`/orders/${id}/fulfill`);
  for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'])
    await system.shipping.put(`/shipments/${body.shipment.id}/status`, { status });
  await reaches(system, id, 'DELIVERED');
}

const TOLD = [
  'order-confirmed',
  'order-delivered',
  'order-received',
  'order-shipped',
  'payment-received',
  'shipment-out-for-delivery',
];

describe('a customer with an e-mail address', () => {
  beforeEach(() => prepare());
  afterEach(tidy);

  it('is notified of the order, the payment, the parcel and its delivery, each once', async () => {
    const id = await confirmed(system, ADA);
    await deliver(id);
    const told = await notified(id, TOLD.length);
    expect(kindsOf(told)).toEqual(TOLD);
    expect(new Set(told.map(({ channel, to }) => `${channel} ${to}`))).toEqual(new Set(['smtp ada@example.org']));
    expect(subjects()).toEqual([
      'We have received your order',
      'Your order has shipped',
      'Your order is confirmed',
      'Your order is out for delivery',
      'Your order was delivered',
      'Your payment is received',
    ]);
    const { shipment } = (await system.order.get(`/orders/${id}`)).body;
    const shipped = mailServer.mails.find(({ headers }) => headers.subject === 'Your order has shipped');
    expect(shipped?.text).toContain(`/shipments/track/${shipment.trackingNumber}`);
    const received = mailServer.mails.find(({ headers }) => headers.subject === 'Your payment is received');
    expect(received?.text).toContain('your payment of 29.99 USD');
    expect(receiver.requests).toEqual([]);
  });

  const declined = cart('PROD001', 1, { ...ADA, paymentMethod: 'tok_declined' });

  it('who did not wait for the answer is notified of the refusal, its reason, and that nothing was charged', async () => {
    const accepted = await system.order.post('/orders', declined, { headers: { Prefer: 'respond-async' } });
    expect(accepted.status).toBe(202);
    const told = await notified(accepted.body.id, 2);
    expect(kindsOf(told)).toEqual(['order-received', 'order-rejected']);
    expect(told.find(({ kind }) => kind === 'order-rejected')?.body).toMatch(/do not pay for it.\n\nReason: \w+/);
  });

  it('is notified of the refund of a returned order', async () => {
    const id = await confirmed(system, ADA);
    await deliver(id);
    expect((await system.order.post(`/orders/${id}/return`)).body.status).toBe('RETURNED');
    const told = await notified(id, TOLD.length + 2);
    expect(kindsOf(told)).toEqual([...TOLD, 'order-returned', 'payment-refunded'].sort());
    expect(subjects().filter((subject) => subject === 'Your money is on its way back')).toHaveLength(1);
  });
});

describe('a customer whose order goes in parts', () => {
  beforeEach(() => prepare());
  afterEach(tidy);

  it('is told of each parcel, each cancelled and each returned item, and each refund with its amount, once each', async () => {
    const items = [
      { productId: 'PROD001', quantity: 3, price: 10 },
      { productId: 'PROD002', quantity: 2, price: 5 },
    ];
    const charges = [{ kind: 'SHIPPING', amount: 4.5 }];
    const id = await confirmed(system, { ...ADA, items, charges });
    const post = async (command: string, body: object = {}) => {
      const { status, text, body: order } = await system.order.post(`/orders/${id}/${command}`, body);
      if (status !== 200) throw new Error(text);
      return order;
    };
    const of = (lineId: string, quantity: number) => ({ items: [{ lineId, quantity }] });
    await post('fulfill', of('1', 1));
    await post('cancel', { ...of('2', 1), reason: 'one is enough' });
    const { status, shipments } = await post('fulfill');
    expect(status).toBe('SHIPPED');
    for (const { id: shipment } of shipments)
      for (const next of ['IN_TRANSIT', 'DELIVERED'])
        await system.shipping.put(`/shipments/${shipment}/status`, { status: next });
    await reaches(system, id, 'DELIVERED');
    await post('return', of('1', 2));
    await post('refund', { amount: 1.25, reason: 'late' });
    expect((await post('return')).status).toBe('RETURNED');

    const told = await notified(id, 13);
    expect(kindsOf(told)).toEqual([
      'items-cancelled',
      'items-returned',
      'items-returned',
      'order-confirmed',
      'order-delivered',
      'order-received',
      'parcel-shipped',
      'parcel-shipped',
      'payment-received',
      'payment-received',
      'payment-refunded',
      'payment-refunded',
      'payment-refunded',
    ]);
    const texts = (kind: string) => told.filter((one) => one.kind === kind).map(({ body }) => body);
    const amounts = (kind: string) =>
      texts(kind)
        .map((text) => Number(/([\d.]+) USD/.exec(text ?? '')?.[1]))
        .sort((a, b) => a - b);
    expect(texts('order-received').join()).toContain('Shipping: 4.50 USD\n\nTotal: 44.50 USD');
    expect(texts('items-cancelled').join()).toContain('  1 × PROD002\n\nReason: one is enough');
    expect(texts('parcel-shipped').join()).toMatch(/ {2}2 × PROD001\n {2}1 × PROD002\n\nCarrier: STANDARD/);
    expect(amounts('payment-received')).toEqual([14.5, 25]);
    expect(amounts('payment-refunded')).toEqual([1.25, 18.25, 20]);
  });
});

describe('a customer without an e-mail address', () => {
  beforeEach(() => prepare());
  afterEach(tidy);

  it('is notified through the webhook', async () => {
    const id = await confirmed(system);
    const told = await notified(id, 2);
    expect(told.map(({ channel, to }) => [channel, to])).toEqual(Array(2).fill(['webhook', 'CUST1']));
    expect(receiver.requests.map(({ headers }) => headers['webhook-id']).sort()).toEqual(
      told.map(({ id: own }) => own).sort(),
    );
    expect(mailServer.mails).toEqual([]);
  });
});

describe('a notification service with an in-memory store', () => {
  beforeEach(() => prepare());
  afterEach(tidy);

  it('continues after a restart where it stopped: no event is missed, and nothing is sent again', async () => {
    const before = await confirmed(system, ADA);
    await notified(before, 2);
    await system.kill('notification');
    const during = await confirmed(system, ADA);
    await deliver(before);

    await system.revive('notification');
    expect(kindsOf(await notified(during, 2))).toEqual(['order-confirmed', 'order-received']);
    const later = TOLD.filter((kind) => !['order-confirmed', 'order-received'].includes(kind));
    expect(kindsOf(await notified(before, later.length))).toEqual(later);
    const ids = mailServer.mails.map(({ headers }) => headers['message-id']);
    expect(ids).toHaveLength(TOLD.length + 2);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('misses no event of an order service that was restarted, too', async () => {
    await notified(await confirmed(system, ADA), 2);
    await system.kill('order');
    await system.kill('notification');
    await system.revive('order');
    const first = await confirmed(system, ADA);
    await system.revive('notification');
    expect(kindsOf(await notified(first, 2))).toEqual(['order-confirmed', 'order-received']);
  });
});

describeDurable('while the notification service is down', () => {
  beforeEach(() => prepare({ DATABASE_URL: `${process.env.DATABASE_URL_TEST}/e2e_${randomUUID().slice(0, 8)}` }));
  afterEach(tidy);

  it('orders go on, and after its restart each notification is sent once', async () => {
    const before = await confirmed(system, ADA);
    await notified(before, 2);
    await system.kill('notification');

    const during = await confirmed(system, ADA);
    await deliver(before);
    await deliver(during);
    expect(mailServer.mails).toHaveLength(2);

    await system.revive('notification');
    for (const id of [before, during]) expect(kindsOf(await notified(id, TOLD.length))).toEqual(TOLD);
    await system.kill('notification');
    await system.revive('notification');
    const after = await confirmed(system, ADA);
    await notified(after, 2);

    const ids = mailServer.mails.map(({ headers }) => headers['message-id']);
    expect(ids).toHaveLength(2 * TOLD.length + 2);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
