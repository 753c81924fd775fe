/**
 * The tests that `npm test` leaves out, because they take long or need what no package of npm brings: a folder or a file each,
 * with what it needs. Every other test is quick.
 */
export const LONG = {
  'tests/browser/': 'a browser',
  'tests/kafka/': 'Kafka',
  'tests/monitoring/': 'Prometheus',
  'tests/tracing/zipkin.test.ts': 'Zipkin',
  'tests/replicas/': 'many processes',
  'tests/simulation/simulate.test.ts': 'simulated worlds',
  'tests/simulation/exhaustive/': 'simulated worlds',
  'tests/e2e/chaos.test.ts': '500 orders under failures',
  'tests/start.test.ts': 'npm start',
  'tests/durable-start.test.ts': 'npm start',
  'tests/dev.test.ts': 'npm start',
  'tests/installing.test.ts': 'npm start',
  'tests/operator-commands.test.ts': 'npm start',
  'tests/memory-store-full.test.ts': 'a full heap',
};
