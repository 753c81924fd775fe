import { Pool } from 'undici';

/** The calls that placing an order takes, made with nothing around them. */
export function hops(participants, connections = 256) {
  const pool = new Pool(participants, { connections });
  const ask = async (path, key, body) => {
    const response = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    const data = await response.body.json();
    if (response.statusCode !== 201) throw new Error(`${path} answered ${response.statusCode}`);
    return data;
  };
  return {
    reserve: ({ id, items }) =>
      ask('/inventory/reserve', `${id}:reserve-stock`, {
        orderId: id,
        items: items.map(({ productId, quantity }) => ({ productId, quantity })),
      }),
    authorize: ({ id, total, currency, paymentMethod }) =>
      ask('/payments/authorize', `${id}:authorize-payment`, { orderId: id, amount: total, currency, paymentMethod }),
  };
}

/** The order that a body asks for. */
export function ordered(id, { customerId, items, shippingAddress }) {
  const lines = items.map((item) => ({ ...item, lineTotal: Math.round(item.price * item.quantity * 100) / 100 }));
  return {
    id,
    status: 'PENDING',
    customer: { id: customerId },
    items: lines,
    total: lines.reduce((sum, { lineTotal }) => sum + lineTotal, 0),
    currency: 'USD',
    paymentMethod: 'tok_visa',
    shippingAddress,
    createdAt: new Date().toISOString(),
  };
}

export const confirmed = (order, { status }, { id, status: paid }) => ({
  ...order,
  status: 'CONFIRMED',
  reservation: { status },
  payment: { id, status: paid },
  updatedAt: new Date().toISOString(),
});
