import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import type { Stage } from '../stage.ts';

const placeMany = (stage: Stage, change: object = {}) =>
  Promise.all(Array.from({ length: 10 }, () => stage.place(change, 'respond-async')));

/** Orders wait for stock that nobody can confirm. */
const waiting: Fault = async (stage) => {
  await stage.chaos('inventory', { failureRate: 1 });
  await placeMany(stage);
  return () => stage.calm('inventory');
};

/** Stock is reserved; then the card is declined, and inventory cannot be told to release it. */
const notUndone: Fault = async (stage) => {
  const reservations = async () => {
    const page = await stage.ask('inventory', 'GET', '/inventory/reservations?status=RESERVED&limit=200');
    return page.items.length as number;
  };
  const before = await reservations();
  await stage.chaos('payment', { latencyMs: 4_000 });
  await placeMany(stage, { paymentMethod: 'tok_declined' });
  while ((await reservations()) < before + 10) await pause(20);
  await stage.chaos('inventory', { failureRate: 1 });
  return async () => {
    await stage.calm('payment');
    await stage.calm('inventory');
  };
};

/** The provider cannot be reached, and whoever asked for the payment does not ask again. */
const inDoubt: Fault = async (stage) => {
  const orderId = `doubt-${Date.now()}`;
  await stage.ask('payment', 'POST', '/payments/authorize', { orderId, amount: 10, paymentMethod: 'tok_outage' });
  return () => stage.ask('payment', 'POST', '/payments/refund', { orderId });
};

/** Somebody pays for an order that nobody has. */
const paidForNothing: Fault = async (stage) => {
  const orderId = `orphan-${Date.now()}`;
  await stage.ask('payment', 'POST', '/payments/authorize', { orderId, amount: 10 });
  return () => stage.ask('payment', 'POST', '/payments/refund', { orderId });
};

/** Somebody reserves for an order that nobody has. */
const reservedForNobody: Fault = async (stage) => {
  const orderId = `orphan-${Date.now()}`;
  await stage.ask('inventory', 'POST', '/inventory/reserve', { orderId, items: [{ productId: 'prod2', quantity: 1 }] });
  return () => stage.ask('inventory', 'POST', '/inventory/release', { orderId });
};

/** A service hangs whose books are needed. */
const notAudited: Fault = async (stage) => {
  stage.signal('shipping', 'SIGSTOP');
  return async () => {
    stage.signal('shipping', 'SIGCONT');
    await stage.calm('shipping');
  };
};

/** The receiver of notifications does not know their address any more. */
const refusedNotifications: Fault = async (stage) => {
  stage.webhookStatus = 410;
  await stage.place();
  return async () => {
    stage.webhookStatus = 200;
    const { items } = await stage.ask('notification', 'GET', '/notifications?status=DEAD&limit=200');
    for (const { id } of items) await stage.ask('notification', 'POST', `/notifications/${id}/retry`);
  };
};

/** A receiver of events says that it is gone for good. */
const goneReceiver: Fault = async (stage) => {
  stage.receiverStatus = 410;
  const given = { url: stage.receiverUrl, events: ['order.*'] };
  const { id } = await stage.ask('notification', 'POST', '/webhooks', given);
  await stage.place();
  return async () => {
    stage.receiverStatus = 200;
    await stage.ask('notification', 'PUT', `/webhooks/${id}`, given);
  };
};

/** Kafka cannot be reached: the system of this drill has only its address. */
const unpublished: Fault = async (stage) => {
  await stage.place();
  return async () => {};
};

export const orders: Record<string, Fault> = {
  SagaStuck: waiting,
  SagaTooOld: waiting,
  UndoFailing: notUndone,
  PaymentInDoubt: inDoubt,
  BooksOutOfBalance: paidForNothing,
  ReservationLeak: reservedForNobody,
  AuditOverdue: notAudited,
  NotificationsDead: refusedNotifications,
  WebhookFailed: goneReceiver,
  OutboxLagging: unpublished,
};
