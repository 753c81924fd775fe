import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { confirmed, hops, ordered } from './hops.js';
import { answer, listen, read } from './listen.js';

/** The floor with two plain commits per order: when it was placed, and when it was confirmed. */
const { reserve, authorize } = hops(process.env.PARTICIPANTS_URL);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL) });
await pool.query('CREATE TABLE IF NOT EXISTS floor_orders (id text PRIMARY KEY, data json NOT NULL)');

const INSERT = { name: 'insert', text: 'INSERT INTO floor_orders (id, data) VALUES ($1, $2)' };
const UPDATE = { name: 'update', text: 'UPDATE floor_orders SET data = $2 WHERE id = $1' };

async function place(text) {
  const order = ordered(randomUUID(), JSON.parse(text));
  await pool.query({ ...INSERT, values: [order.id, JSON.stringify(order)] });
  const done = JSON.stringify(confirmed(order, await reserve(order), await authorize(order)));
  await pool.query({ ...UPDATE, values: [order.id, done] });
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
