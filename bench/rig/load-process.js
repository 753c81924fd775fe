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
  const onAnswer = (status, latency, answer) => {
    latencies.push(latency);
    statuses[status] = (statuses[status] ?? 0) + 1;
    sample ||= answer;
  };
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt >= ms || ++sent > most;
  const all = Array.from({ length: connections }, () => new Connection(port, requestOf, onAnswer));
  try {
    await Promise.all(all.map((connection) => connection.run(isOver)));
    const tookMs = performance.now() - startedAt;
    latencies.sort((a, b) => a - b);
    const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
    const answers = latencies.length;
    process.send({
      answers,
      statuses,
      tookMs,
      perSecond: (answers * 1000) / tookMs,
      p50: at(0.5),
      p99: at(0.99),
      sample,
    });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on('disconnect', () => process.exit());
process.send({ ready: 0 });
