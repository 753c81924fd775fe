import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Prometheus } from '../../ops/prometheus/fire/prometheus.ts';
import { Starter } from '../support/starter.ts';
import { dashboards, PROMETHEUS } from './files.ts';
import { Load } from './load.ts';
import { describeWithPrometheus } from './promtool.ts';

const PATIENCE_MS = 150_000;
jest.setTimeout(PATIENCE_MS + 60_000);

const SERVICES = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification', 'gateway'];
const able = process.env.DATABASE_URL_TEST ? describeWithPrometheus : describe.skip;

able('the real system under load and faults', () => {
  let starter: Starter;
  let prometheus: Prometheus;
  let load: Load;
  let loading: Promise<void>;

  beforeAll(async () => {
    const database = `${process.env.DATABASE_URL_TEST}/monitoring_${randomUUID().slice(0, 8)}`;
    const env = { DATABASE_URL: database, RATE_LIMIT_READS: '60', LOG_LEVEL: 'error' };
    starter = await Starter.run(SERVICES, { env });
    await starter.says('Ready in');
    const addresses = Object.fromEntries(SERVICES.map((service) => [service, starter.urlOf(service)]));
    prometheus = await Prometheus.start({ folder: PROMETHEUS, addresses });
    load = new Load(starter);
    loading = load.run();
  });

  afterAll(async () => {
    load?.stop();
    await loading;
    await prometheus?.stop();
    await starter?.cleanUp();
  });

  /** The queries that still have no data after PATIENCE_MS, each with its panel or rule. */
  async function empty(queries: Map<string, string>): Promise<string[]> {
    const left = new Map(queries);
    for (const until = performance.now() + PATIENCE_MS; left.size > 0 && performance.now() < until; ) {
      for (const [what, query] of left) if ((await prometheus.count(query)) > 0) left.delete(what);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return [...left].map(([what, query]) => `${what}: ${query}`);
  }

  it('has data for every panel of every dashboard', async () => {
    const queries = dashboards().flatMap(({ title, panels }) =>
      panels.flatMap((panel) =>
        (panel.targets ?? []).map(
          ({ refId, expr }) => [`${title} › ${panel.title} (${panel.id}${refId})`, filledIn(expr)] as const,
        ),
      ),
    );
    expect(queries.length).toBeGreaterThan(50);
    expect(await empty(new Map(queries))).toEqual([]);
  });

  it('has data for every alerting rule', async () => {
    const rules = await prometheus.rules();
    const queries = rules.flatMap(({ name, query }) =>
      sidesOf(query).map((side, i) => [`${name} ${i}`, withoutThreshold(side)] as const),
    );
    expect(queries.length).toBeGreaterThan(30);
    expect(queries.filter(([, query]) => / ([<>]=?|[!=]=) /.test(query))).toEqual([]);
    expect(await empty(new Map(queries))).toEqual([]);
  });
});

/** Replaces variables as Grafana does. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m').replaceAll('$service', '.*');
}

/** The sides of a top-level `or`. */
function sidesOf(query: string): string[] {
  const sides: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < query.length; i++) {
    if (query[i] === '(') depth++;
    if (query[i] === ')') depth--;
    if (depth === 0 && query.startsWith(' or ', i)) {
      sides.push(query.slice(from, i));
      from = i + ' or '.length;
    }
  }
  return [...sides, query.slice(from)];
}

/** Removes comparisons with numbers; label matchers stay. A comparison of two queries becomes their sum. */
const withoutThreshold = (query: string): string =>
  query.replaceAll(/ (?:[<>]=?|==|!=) [\d.]+(?: \* [\d.]+)*(?! \* \()/g, '').replaceAll(' > ', ' + ');
