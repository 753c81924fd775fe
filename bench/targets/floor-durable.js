import { randomUUID } from 'node:crypto';
import { confirmed, hops, ordered } from './hops.js';
import { answer, listen, read } from './listen.js';
import { ordersTable } from './orders-table.js';

/** The floor with two plain commits per order: when it was placed, and when it was confirmed. */
const { reserve, authorize } = hops(process.env.PARTICIPANTS_URL);
const table = await ordersTable(process.env.DATABASE_URL);

async function place(text) {
  const order = ordered(randomUUID(), JSON.parse(text));
  await table.insert(order.id, JSON.stringify(order));
  const done = JSON.stringify(confirmed(order, await reserve(order), await authorize(order)));
  await table.update(order.id, done);
  return done;
}

listen((req, res) =>
  read(req, (text) =>
    place(text).then(
      (body) => answer(res, 201, body),
      (error) => answer(res, 500, JSON.stringify({ error: error.message })),
    ),
  ),
);
