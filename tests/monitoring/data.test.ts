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

able('the real system, while all sorts of things happen to it', () => {
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

  /** The queries among these that have no data however long one waits, each after what it belongs to. */
  async function empty(queries: Map<string, string>): Promise<string[]> {
    const left = new Map(queries);
    for (const until = performance.now() + PATIENCE_MS; left.size > 0 && performance.now() < until; ) {
      for (const [what, query] of left) if ((await prometheus.count(query)) > 0) left.delete(what);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return [...left].map(([what, query]) => `${what}: ${query}`);
  }

  it('leaves no panel of any dashboard without data', async () => {
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

  it('leaves no rule without anything to compare', async () => {
    const rules = await prometheus.rules();
    const queries = rules.flatMap(({ name, query }) =>
      sidesOf(query).map((side, i) => [`${name} ${i}`, withoutThreshold(side)] as const),
    );
    expect(queries.length).toBeGreaterThan(30);
    expect(queries.filter(([, query]) => / ([<>]=?|[!=]=) /.test(query))).toEqual([]);
    expect(await empty(new Map(queries))).toEqual([]);
  });
});

/** As Grafana puts its variables in. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m').replaceAll('$service', '.*');
}

/** Each side of an `or` by itself, unless it stands inside of something. */
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

/** Matchers stay: what they compare with is a text. What is not compared with a number is added to the other side. */
const withoutThreshold = (query: string): string =>
  query.replaceAll(/ (?:[<>]=?|==|!=) [\d.]+(?: \* [\d.]+)*(?! \* \()/g, '').replaceAll(' > ', ' + ');
