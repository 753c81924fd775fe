import type { NotificationDoc } from '@oms/notification/dist/domain/notification.js';
import { opened } from '@oms/order/dist/book/closed-to-older.js';
import type { OrderDoc } from '@oms/order/dist/book/order-book.js';
import { databaseOf } from '@oms/shared/store/migrate';
import { PostgresStore } from '@oms/shared/store/postgres';
import { readRecords } from '../crash/records.ts';
import type { Load } from './load.ts';
import type { System } from './system.ts';

const ALLOWED = [
  'AWAITING_CONFIRMATION',
  'CONFIRMED',
  'PROCESSING',
  'PARTIALLY_SHIPPED',
  'SHIPPED',
  'DELIVERED',
].concat(['PARTIALLY_RETURNED', 'RETURNED', 'REJECTED', 'CANCELLED']);
/** What a customer is told of an order once at most. */
const ONCE = [
  'order-received',
  'order-confirmed',
  'order-processing',
  'order-shipped',
  'order-delivered',
  'order-cancelled',
].concat(['order-rejected', 'order-returned']);
/** What a customer has been told of an order that is so, and was never treated in parts. */
const TOLD: Record<string, string> = {
  CONFIRMED: 'order-confirmed',
  SHIPPED: 'order-shipped',
  DELIVERED: 'order-delivered',
  RETURNED: 'order-returned',
  CANCELLED: 'order-cancelled',
};

/** What is wrong when all is quiet, and how many orders there are by status. */
export async function look(
  system: System,
  load: Load,
): Promise<{ wrong: string[]; statuses: Map<string, number>; inParts: number }> {
  const wrong: string[] = [];
  const { orders, orderEvents, stockEvents, paymentEvents, shipmentEvents } = await readRecords(system.database);
  for (const [key, { id }] of load.placed) if (!orders.has(id)) wrong.push(`lost: ${key}, order ${id}`);
  const statuses = new Map<string, number>();
  for (const [id, { data }] of orders) {
    const { status, saga } = data.order;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (saga || data.lease || !ALLOWED.includes(status))
      wrong.push(`unfinished: ${id} is ${status}, saga ${saga?.name}`);
  }
  for (const events of [orderEvents, stockEvents, paymentEvents, shipmentEvents]) {
    const ids = new Set(events.map(({ id }) => id));
    if (ids.size !== events.length) wrong.push(`events with the same id: ${events.length - ids.size}`);
  }
  const told = await notifications(system.database);
  for (const [id, { data }] of orders) {
    const kinds = told.get(id) ?? [];
    for (const kind of ONCE)
      if (kinds.filter((one) => one === kind).length > 1) wrong.push(`told twice: ${id} ${kind}`);
    const due = data.order.parts ? 'order-received' : TOLD[data.order.status];
    if (due && !kinds.includes(due)) wrong.push(`not told: ${id} is ${data.order.status}`);
  }
  const inParts = [...orders.values()].filter(({ data }) => data.order.parts).length;
  return { wrong, statuses, inParts };
}

/** How many orders in parts have a saga that is not finished. */
export async function partsInFlight(serverUrl: string): Promise<number> {
  const store = new PostgresStore<OrderDoc>(databaseOf(serverUrl, 'order'));
  try {
    const { items } = await store.list({ where: { unfinished: 'yes' }, limit: 1_000 });
    return items.map(({ data }) => opened(data).order).filter(({ parts, saga }) => parts && saga).length;
  } finally {
    await store.close();
  }
}

async function notifications(serverUrl: string): Promise<Map<string, string[]>> {
  const store = new PostgresStore<NotificationDoc>(databaseOf(serverUrl, 'notification'));
  const told = new Map<string, string[]>();
  try {
    for (let after: string | undefined, more = true; more; ) {
      const page = await store.list({ limit: 1_000, after });
      for (const { data } of page.items)
        if (data.kind === 'notification')
          told.set(data.orderId, [...(told.get(data.orderId) ?? []), data.occasion.kind]);
      after = page.next ?? undefined;
      more = page.next !== null;
    }
    return told;
  } finally {
    await store.close();
  }
}

/** The discrepancies that the services themselves find, or why they could not look. */
export async function audited(gateway: string): Promise<string[]> {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${gateway}/audit`, { signal: AbortSignal.timeout(120_000) });
    const body = (await answer.json()) as {
      discrepancies?: { kind: string; id: string; detail: string }[];
      inFlight?: number;
    };
    if (answer.ok && body.inFlight === 0)
      return (body.discrepancies ?? []).map(({ kind, id, detail }) => `audit: ${kind} ${id}: ${detail}`);
    if (tries === 20) return [`audit: ${answer.status} ${JSON.stringify(body).slice(0, 200)}`];
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
