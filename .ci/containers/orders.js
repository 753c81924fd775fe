import { equal } from 'node:assert/strict';
import { ADDRESSES, evaluate } from './compose.js';

/** Through the gateway, as everybody does. */
const ORDERS = `${ADDRESSES.gateway}/orders`;

export async function placeOrder(
  asked = { customerId: 'ada', items: [{ productId: 'prod1', quantity: 1, price: 10.99 }] },
  headers = {},
) {
  const { status, body: order } = await post(ORDERS, asked, headers);
  equal(status, 201, JSON.stringify(order));
  equal(order.status, 'CONFIRMED');
  return order;
}

export async function fulfil(id, headers = {}) {
  const { body: order } = await post(`${ORDERS}/${id}/fulfill`, {}, headers);
  equal(order.status, 'SHIPPED', JSON.stringify(order));
}

export async function readOrder(id) {
  return (await request(`${ORDERS}/${id}`, {})).body;
}

const post = (url, body, headers) =>
  request(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function request(url, options) {
  const script = `
    const answer = await fetch(${JSON.stringify(url)}, ${JSON.stringify(options)});
    console.log(JSON.stringify({ status: answer.status, body: await answer.json() }));`;
  return JSON.parse(await evaluate('gateway', script));
}
