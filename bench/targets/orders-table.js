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

/** What an engine's workflow does beside its two calls if it keeps orders: before the first call, and after the last. */
export async function writesOf({ ORDERS_URL } = process.env) {
  if (ORDERS_URL === undefined) return {};
  const table = await ordersTable(ORDERS_URL);
  return {
    insert: async (order) => void (await table.insert(order.id, JSON.stringify(order))),
    update: async (order) => void (await table.update(order.id, JSON.stringify(order))),
  };
}
