/**
 * The tests that `npm test` leaves out, because they take long or need what no package of npm brings: a folder or a file each,
 * with what it needs. Every other test is quick.
 */
export const LONG = {
  'tests/browser/': 'a browser',
  'tests/kafka/': 'Kafka',
  'tests/kubernetes/': 'kubectl',
  'tests/monitoring/': 'Prometheus',
  'tests/tracing/zipkin.test.ts': 'Zipkin',
  'tests/replicas/': 'many processes',
  'tests/simulation/simulate.test.ts': 'simulated worlds',
  'tests/simulation/exhaustive/': 'simulated worlds',
  'tests/documents/': 'every service as a process',
  'tests/extending/': 'a build of its own',
  'tests/integrating/': 'Python, and its registry',
  'tests/e2e/chaos.test.ts': '500 orders under failures',
  'tests/start/start.test.ts': 'npm start',
  'tests/start/durable-start.test.ts': 'npm start',
  'tests/start/dev.test.ts': 'npm start',
  'tests/start/separately.test.ts': 'npm start',
  'tests/start/installing.test.ts': 'npm start',
  'tests/start/operator-commands.test.ts': 'npm start',
  'tests/start/memory-store-full.test.ts': 'a full heap',
};
