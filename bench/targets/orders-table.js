import pg from 'pg';

const INSERT = {
  name: 'insert',
  text: 'INSERT INTO floor_orders (id, data) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING',
};
const UPDATE = { name: 'update', text: 'UPDATE floor_orders SET data = $2 WHERE id = $1' };

/** Orders where they can be read and listed, with a plain commit for each thing that is said of one. */
export async function ordersTable(url) {
  const pool = new pg.Pool({ connectionString: url, max: Number(process.env.POOL) });
  await pool.query('CREATE TABLE IF NOT EXISTS floor_orders (id text PRIMARY KEY, data json NOT NULL)');
  return {
    insert: (id, text) => pool.query({ ...INSERT, values: [id, text] }),
    update: (id, text) => pool.query({ ...UPDATE, values: [id, text] }),
  };
}

/**
 * The two steps of an engine's workflow. Given a table they keep the order there as well, as the floor does: before the first
 * call, and after the last.
 */
export async function stepsOf({ reserve, authorize }, confirmed, url) {
  if (url === undefined) return { reserve, authorize };
  const table = await ordersTable(url);
  return {
    async reserve(order) {
      await table.insert(order.id, JSON.stringify(order));
      return reserve(order);
    },
    async authorize(order, reservation) {
      const payment = await authorize(order);
      await table.update(order.id, JSON.stringify(confirmed(order, reservation, payment)));
      return payment;
    },
  };
}
