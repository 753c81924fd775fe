import type { Delivery, Webhook } from '@oms/shared/contracts/webhook';
import { startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import type { NotificationService } from './notification-service.ts';

/** A receiver, and what it got: a CloudEvent in each request. */
export async function startReceiver() {
  const target = await startTarget();
  const events = () => target.requests.map(({ body }) => JSON.parse(body));
  return Object.assign(target, {
    events,
    ids: () => target.requests.map(({ headers }) => String(headers['webhook-id'])),
    ofOrder: (orderId: string) => events().filter(({ subject }) => subject === orderId),
    got: (count: number) => until(() => target.requests.length >= count),
  });
}
export type Receiver = Target & Awaited<ReturnType<typeof startReceiver>>;

/** A webhook of a notification service. */
export async function subscribed(service: NotificationService, url: string, more: object = {}) {
  const { body } = await service.post('/webhooks', { url, events: ['*'], ...more });
  const path = `/webhooks/${body.id}`;
  const now = async (): Promise<Webhook> => (await service.get(path)).body;
  const deliveries = async (query = ''): Promise<Delivery[]> =>
    (await service.get(`${path}/deliveries?limit=200&${query}`)).body.items;
  return {
    ...{ id: body.id as string, secret: body.secret as string, path, now, deliveries },
    /** Waits until so many deliveries are in this state. */
    has: (count: number, status: Delivery['status']) =>
      until(async () => (await deliveries(`status=${status}`)).length === count),
    is: (status: Webhook['status']) => until(async () => (await now()).status === status),
  };
}
