import { randomUUID } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { confirmed, hops, ordered } from './hops.js';
import { answer, listen, read } from './listen.js';
import { writesOf } from './orders-table.js';

/** The same work as a workflow of DBOS Transact: two steps, the request's key as the workflow's id. */
const { reserve, authorize } = hops(process.env.PARTICIPANTS_URL);
const { insert, update } = await writesOf();
DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: process.env.DATABASE_URL,
  systemDatabasePoolSize: Number(process.env.POOL),
  logLevel: 'error',
});

const place = DBOS.registerWorkflow(
  async (id, wish) => {
    const order = ordered(id, wish);
    if (insert) await DBOS.runStep(() => insert(order), { name: 'create-order' });
    const reservation = await DBOS.runStep(() => reserve(order), { name: 'reserve-stock' });
    const payment = await DBOS.runStep(() => authorize(order), { name: 'authorize-payment' });
    const done = confirmed(order, reservation, payment);
    if (update) await DBOS.runStep(() => update(done), { name: 'confirm-order' });
    return done;
  },
  { name: 'place' },
);
await DBOS.launch();

async function placed(key, text) {
  const handle = await DBOS.startWorkflow(place, { workflowID: key })(randomUUID(), JSON.parse(text));
  return JSON.stringify(await handle.getResult());
}

listen((req, res) =>
  read(req, (text) =>
    placed(req.headers['idempotency-key'], text).then(
      (body) => answer(res, 201, body),
      (error) => answer(res, 500, JSON.stringify({ error: error.message })),
    ),
  ),
);
