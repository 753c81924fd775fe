import { randomUUID } from 'node:crypto';
import { confirmed, hops, ordered } from './hops.js';
import { answer, listen, read } from './listen.js';

/** The same hops with nothing but node:http and undici: no retry, no breaker, no key, no metric, no log; an order in a Map. */
const { reserve, authorize } = hops(process.env.PARTICIPANTS_URL);
const orders = new Map();

async function place(text) {
  const order = ordered(randomUUID(), JSON.parse(text));
  orders.set(order.id, order);
  const done = confirmed(order, await reserve(order), await authorize(order));
  orders.set(order.id, done);
  return JSON.stringify(done);
}

listen((req, res) =>
  read(req, (text) =>
    place(text).then(
      (body) => answer(res, 201, body),
      (error) => answer(res, 500, JSON.stringify({ error: error.message })),
    ),
  ),
);
