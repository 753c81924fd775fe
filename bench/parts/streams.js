import { connect } from 'node:net';
import { shown } from '../report/table.js';
import { clientOf } from '../rig/client.js';
import { durableOrders } from '../rig/contenders.js';
import { measured } from '../rig/rounds.js';
import { ratios } from '../rig/statistics.js';

const IDLE = 1_000;
const CLIENTS = 32;

/** What an order costs everybody while one customer follows another order with many streams, in which nothing happens. */
export async function streams(rig) {
  const running = await durableOrders('oms', { STREAMS_PER_CALLER: '0' }).start(rig);
  const load = { kind: 'placing', what: {}, port: running.port, connections: CLIENTS };
  const none = [];
  const many = [];
  try {
    await rig.load.run({ ...load, ms: rig.warmUpMs, most: rig.warmUpOrders });
    const { items } = await clientOf(running.port).orders.list({ limit: 1 }).page();
    const withoutStreams = async () => none.push(await measured(rig, running, { ...load, ms: rig.ms }));
    const withStreams = async () => {
      const open = await Promise.all(Array.from({ length: IDLE }, () => follow(running.port, items[0].id)));
      many.push(await measured(rig, running, { ...load, ms: rig.ms }));
      for (const socket of open) socket.destroy();
    };
    for (let round = 0; round < rig.rounds; round++) {
      rig.say(`streams, round ${round + 1} of ${rig.rounds}`);
      // Who comes first changes, so that nobody always finds the larger tables.
      for (const measure of round % 2 === 0 ? [withoutStreams, withStreams] : [withStreams, withoutStreams])
        await measure();
    }
  } finally {
    await running.stop();
  }
  const of = (what, rounds) => rounds.map((round) => round[what]);
  const ratio = (what) => shown(ratios(of(what, many), of(what, none)));
  return {
    title: 'Idle streams',
    text: `On PostgreSQL, ${CLIENTS} clients. While ${IDLE} streams follow an order to which nothing happens, placing others costs ${ratio('cpu')} times the processor time of the order service, and ${ratio('databaseCpu')} times that of PostgreSQL.`,
  };
}

/** A reader to which nothing happens, once its stream has begun. */
function follow(port, id) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', reject);
    socket.once('data', (bytes) => {
      if (!bytes.toString('latin1').startsWith('HTTP/1.1 200')) return reject(new Error('no stream'));
      socket
        .off('error', reject)
        .on('error', () => {})
        .resume();
      resolve(socket);
    });
    socket.write(`GET /orders/${id}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`);
  });
}
