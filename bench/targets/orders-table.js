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
 * The steps of an engine's workflow: the two calls. Told to, they keep the order in a table as well, as the floor does: before
 * the first call, and after the last. `along` with them is the cheapest way that survives being run again; `as steps` these are
 * two more.
 */
export async function stepsOf({ reserve, authorize }, confirmed, { ORDERS_URL, WRITES } = process.env) {
  if (ORDERS_URL === undefined) return { reserve, authorize };
  const table = await ordersTable(ORDERS_URL);
  const insert = async (order) => void (await table.insert(order.id, JSON.stringify(order)));
  const update = async (order) => void (await table.update(order.id, JSON.stringify(order)));
  if (WRITES === 'as steps') return { reserve, authorize, insert, update };
  return {
    async reserve(order) {
      await insert(order);
      return reserve(order);
    },
    async authorize(order, reservation) {
      const payment = await authorize(order);
      await update(confirmed(order, reservation, payment));
      return payment;
    },
  };
}
