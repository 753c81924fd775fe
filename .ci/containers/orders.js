import { equal } from 'node:assert/strict';
import { ADDRESSES, evaluate } from './compose.js';

/** Through the gateway, as everybody does. */
const ORDERS = `${ADDRESSES.gateway}/orders`;

export async function placeOrder() {
  const body = { customerId: 'ada', items: [{ productId: 'prod1', quantity: 1, price: 10.99 }] };
  const headers = { 'Content-Type': 'application/json' };
  const { status, body: order } = await request(ORDERS, { method: 'POST', headers, body: JSON.stringify(body) });
  equal(status, 201, JSON.stringify(order));
  equal(order.status, 'CONFIRMED');
  return order;
}

export async function readOrder(id) {
  return (await request(`${ORDERS}/${id}`, {})).body;
}

async function request(url, options) {
  const script = `
    const answer = await fetch(${JSON.stringify(url)}, ${JSON.stringify(options)});
    console.log(JSON.stringify({ status: answer.status, body: await answer.json() }));`;
  return JSON.parse(await evaluate('gateway', script));
}
