import pg from 'pg';
import { spreadRows, table } from '../report/table.js';
import { durableOrders, orders, replicatedOrders } from '../rig/contenders.js';
import { interleaved, measured } from '../rig/rounds.js';
import { wholeSystem } from '../rig/system.js';

const CLIENTS = 32;
const MANY = 256;
const STEP = 50_000;
const FIGURES = ['cpu', 'databaseCpu', 'perSecond', 'p99'];

/** How what an order costs grows with whatever there may be more of. */
export async function growth(rig) {
  const rows = [];
  for (const grown of [withStored, withLines, withProducts, withReplicas]) rows.push(...(await grown(rig)));
  const columns = ['with', 'clients', 'CPU ms/order', 'database CPU ms/order', 'orders/s', 'p99 ms'];
  return { title: 'How the cost grows', text: table(columns, rows) };
}

/** A service and a database for each number, measured in turn. Those that start with none have some by the end. */
async function withStored(rig) {
  const sizes = [0, rig.stored];
  const load = { kind: 'placing', what: {}, connections: CLIENTS };
  const all = [];
  try {
    for (const size of sizes) {
      rig.say(`storing ${size} orders`);
      const running = await durableOrders(`stored${size}`).start(rig);
      all.push({ size, running, rounds: [] });
      await rig.load.run({ ...load, port: running.port, ms: rig.warmUpMs, most: rig.warmUpOrders });
      await store(rig, `stored${size}_order`, size);
    }
    for (let round = 0; round < rig.rounds; round++) {
      for (const { size, running, rounds } of all) {
        rig.say(`round ${round + 1} of ${rig.rounds}: with ${size} stored orders`);
        rounds.push(await measured(rig, running, { ...load, port: running.port, ms: rig.ms }));
      }
    }
  } finally {
    for (const { running } of all) await running.stop();
  }
  const results = all.map(({ size, rounds }) => [
    `${count(size)} stored orders`,
    rounds.map((round) => ({ [CLIENTS]: round })),
  ]);
  return spreadRows(Object.fromEntries(results), CLIENTS, FIGURES);
}

async function store(rig, database, count) {
  const client = new pg.Client({ connectionString: `${rig.postgres.url}/${database}` });
  await client.connect();
  try {
    for (let stored = 0; stored < count; stored += STEP) await seed(client, stored, Math.min(STEP, count - stored));
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

/** As the service stores a finished order: its document, its four events and the answer to its request. */
async function seed(client, from, count) {
  const { rows } = await client.query("SELECT id, data, tags FROM docs WHERE tags->>'status' = 'CONFIRMED' LIMIT 1");
  const [sample] = rows;
  const events = await client.query('SELECT type, data FROM events WHERE stream = $1 ORDER BY version', [sample.id]);
  const answer = await client.query('SELECT answer FROM requests WHERE pending = $1 OR answer IS NOT NULL LIMIT 1', [
    sample.id,
  ]);
  await client.query('BEGIN');
  const id = "'00000000-0000-7000-8000-' || lpad((n)::text, 12, '0')";
  await client.query(
    `INSERT INTO docs (id, version, data, tags) SELECT ${id}, $1, $2::json, $3::jsonb FROM generate_series($4::int, $5::int) n`,
    [events.rows.length, JSON.stringify(sample.data), JSON.stringify(sample.tags), from, from + count - 1],
  );
  const { rows: feed } = await client.query('UPDATE feed SET last = last + $1 RETURNING last - $1 AS base', [
    count * events.rows.length,
  ]);
  for (const [i, { type, data }] of events.rows.entries()) {
    await client.query(
      `INSERT INTO events (position, stream, version, type, at, trace_id, data)
       SELECT $1::bigint + 1 + (n - $2::int) * $3::int + $4::int, ${id}, $4::int + 1, $5, 0, repeat('0', 32), $6::json
       FROM generate_series($2::int, $7::int) n`,
      [feed[0].base, from, events.rows.length, i, type, JSON.stringify(data), from + count - 1],
    );
  }
  await client.query(
    `INSERT INTO requests (key, fingerprint, answer, expires_at) SELECT 'seed-' || n, 'seed', $1::json, $2 FROM generate_series($3::int, $4::int) n`,
    [JSON.stringify(answer.rows[0].answer), Date.now() + 86_400_000, from, from + count - 1],
  );
  await client.query('COMMIT');
}

const withLines = (rig) =>
  inTurn(
    rig,
    [1, 100].map((lines) => ({ ...orders, name: `${lines} lines`, requests: { what: { lines } } })),
  );

const withProducts = (rig) =>
  inTurn(
    rig,
    [1, 10_000].map((products) =>
      wholeSystem(`${count(products)} products, all four services`, { products, requests: { what: { products } } }),
    ),
  );

const withReplicas = (rig) =>
  inTurn(
    rig,
    [1, 2, 4].map((replicas) => replicatedOrders(replicas, `${replicas} replicas on one PostgreSQL`)),
    MANY,
  );

async function inTurn(rig, contenders, clients = CLIENTS) {
  return spreadRows(await interleaved(rig, contenders, { connections: [clients] }), clients, FIGURES);
}

const count = (number) => number.toLocaleString('en');
