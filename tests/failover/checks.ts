import { execFileSync } from 'node:child_process';
import { ask, type Heard } from './client.ts';
import type { Customers } from './customers.ts';
import type { Order } from './history.ts';
import type { System } from './system.ts';

/** What is wrong, a line each. */
export async function differences(system: System, customers: Customers): Promise<string[]> {
  const orders = await allOrders(system.orders[0] as string);
  customers.explain(orders);
  const byId = new Map(orders.map((order) => [order.id, order]));
  const wrong: string[] = [];
  const real = new Set<string>();
  for (const { id, customer, status } of orders) {
    if (!customers.asked.has(customer.id)) wrong.push(`${customer.id} has an order and asked for none`);
    // After a 503 the same key tries again with a new order, and the first is rejected.
    if (status === 'REJECTED') continue;
    if (real.has(customer.id)) wrong.push(`${customer.id} asked for one order and has another: ${id}`);
    real.add(customer.id);
  }
  for (const { id, cancelled, status } of customers.placed) {
    const order = byId.get(id);
    if (!order) wrong.push(`${id} was acknowledged and is lost`);
    else if (cancelled && order.status !== 'CANCELLED') wrong.push(`${id} was cancelled and is ${order.status}`);
    else if (!cancelled && status === 'CONFIRMED' && order.status !== status)
      wrong.push(`${id} was confirmed and is ${order.status}`);
  }
  const unsettled = orders.filter(({ status }) => !/^(CONFIRMED|REJECTED|CANCELLED)$/.test(status));
  for (const { id, status } of unsettled) wrong.push(`${id} is still ${status}`);
  const { body } = (await ask(`${system.orders[0]}/audit`)) as Heard;
  for (const one of body.discrepancies) wrong.push(`audit: ${JSON.stringify(one)}`);
  if (body.checkedOrders < customers.placed.length) wrong.push(`the audit saw ${body.checkedOrders} orders only`);
  return wrong;
}

async function allOrders(url: string): Promise<Order[]> {
  const orders: Order[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const heard = await ask(`${url}/orders?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    if (heard?.status !== 200) throw new Error(`the orders cannot be read: ${JSON.stringify(heard)}`);
    orders.push(...heard.body.items);
    cursor = heard.body.nextCursor ?? undefined;
    more = cursor !== undefined;
  }
  return orders;
}

/** What Porcupine says of the history. */
export function linearizable(program: string, file: string): { said: string; wrong: string[] } {
  try {
    return { said: execFileSync(program, [file], { encoding: 'utf8' }).trim(), wrong: [] };
  } catch (error) {
    const { stdout = '', message } = error as Error & { stdout?: string };
    return { said: '', wrong: stdout.trim() ? stdout.trim().split('\n') : [message] };
  }
}
