import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_SCHEME,
  METRIC_HTTP_SERVER_REQUEST_DURATION,
} from '@opentelemetry/semantic-conventions';
import { createMetrics, type Metrics } from './metrics.ts';

/** As Prometheus writes the names of OpenTelemetry. */
const inPrometheus = (name: string) => name.replaceAll('.', '_');
const CONVENTIONAL = `${inPrometheus(METRIC_HTTP_SERVER_REQUEST_DURATION)}_seconds`;

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics('order');
});

/** The series of a metric, and what they say. */
async function series(name: string): Promise<Map<string, string>> {
  const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}_`));
  const all = lines.map((line) => /^\w+_(bucket|sum|count)\{(.*)\} (\S+)$/.exec(line) as RegExpExecArray);
  const pairs = all.map(([, part, labels = '', value = '']): [string, string] => [
    `${part} ${labels.split(',').sort().join(' ')}`,
    value,
  ]);
  expect(new Set(pairs.map(([key]) => key)).size).toBe(pairs.length);
  return new Map(pairs);
}

describe('the durations of requests', () => {
  it('are there under the names of OpenTelemetry too, with the same counts', async () => {
    const request = { method: 'GET', route: '/orders/{id}', status: 200 };
    for (const seconds of [0.002, 0.02, 20]) metrics.httpRequestDuration.observe(request, seconds);
    const [ours, theirs] = [await series('http_request_duration_seconds'), await series(CONVENTIONAL)];
    expect([...theirs.values()]).toEqual([...ours.values()]);
    const labels = [
      `${inPrometheus(ATTR_HTTP_REQUEST_METHOD)}="GET"`,
      `${inPrometheus(ATTR_HTTP_RESPONSE_STATUS_CODE)}="200"`,
      `${inPrometheus(ATTR_HTTP_ROUTE)}="/orders/{id}"`,
      'service="order"',
      `${inPrometheus(ATTR_URL_SCHEME)}="http"`,
    ];
    expect(theirs.get(`count ${labels.join(' ')}`)).toBe('3');
    expect(theirs.get(`bucket ${[...labels.slice(0, 3), 'le="0.025"', ...labels.slice(3)].join(' ')}`)).toBe('2');
    expect(await metrics.registry.metrics()).toContain(`# TYPE ${CONVENTIONAL} histogram`);
  });

  it.each([
    [{ method: 'POST', route: '/orders', status: 503 }, `${ATTR_ERROR_TYPE}="503"`, true],
    [{ method: 'POST', route: '/orders', status: 409 }, ATTR_ERROR_TYPE, false],
    [{ method: 'GET', route: 'unmatched', status: 404 }, ATTR_HTTP_ROUTE, false],
  ])('of %j have the label %s there: %s', async (request, label, isThere) => {
    metrics.httpRequestDuration.observe(request, 0.1);
    const [first] = (await series(CONVENTIONAL)).keys();
    expect(first?.includes(inPrometheus(label))).toBe(isThere);
  });
});
