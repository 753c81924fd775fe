import { Connection } from './connection.js';
import { placing, reading } from './requests.js';

/** Load from a process of its own, so that what it costs is not counted. */
const kinds = { placing, reading };

process.on('message', async ({ kind, what, port, connections, ms, most = Number.POSITIVE_INFINITY }) => {
  const latencies = [];
  const statuses = {};
  let sample = '';
  let sent = 0;
  const requestOf = kinds[kind](what);
  const onAnswer = (status, _latency, answer) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    sample ||= answer;
  };
  const onMeasured = (status, latency, answer) => {
    latencies.push(latency);
    onAnswer(status, latency, answer);
  };
  let startedAt = 0;
  const isOver = () => performance.now() - startedAt >= ms || ++sent > most;
  const ports = [port].flat();
  const all = Array.from(
    { length: connections },
    (_, i) => new Connection(ports[i % ports.length], requestOf, what.anew),
  );
  try {
    // Connections are there, and have carried something, before anything is measured.
    await Promise.all(all.map((connection) => connection.run(once(), onAnswer)));
    startedAt = performance.now();
    await Promise.all(all.map((connection) => connection.run(isOver, onMeasured)));
    const tookMs = performance.now() - startedAt;
    latencies.sort((a, b) => a - b);
    const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
    const answers = latencies.length;
    process.send({
      answers,
      /** With the first on each connection, which take their time but are not measured. */
      all: answers + connections,
      statuses,
      tookMs,
      perSecond: (answers * 1000) / tookMs,
      p50: at(0.5),
      p99: at(0.99),
      sample,
    });
  } catch (error) {
    process.send({ error: error.message });
  } finally {
    for (const connection of all) connection.close();
  }
});

function once() {
  let left = 1;
  return () => left-- === 0;
}

process.on('disconnect', () => process.exit());
process.send({ ready: 0 });
