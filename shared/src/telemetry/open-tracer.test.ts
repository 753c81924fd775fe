import { execFile } from 'node:child_process';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Collector, startCollector } from '../../../tests/servers/span-collector.ts';
import { spansIn } from '../../../tests/tracing/conventions.ts';
import { createLogger } from './logger.ts';
import { openTracer, type TraceConfig } from './open-tracer.ts';
import type { Tracer } from './span.ts';
import { traceOf } from './trace.ts';

const log = createLogger('order', 'silent');
const about = { service: 'order', version: '1', instance: 'I1', random: Math.random, log };

it('without an endpoint there is no tracer', async () => {
  expect(await openTracer(about, { TRACE_SAMPLE: 1 })).toBeUndefined();
});

describe('spans are sent', () => {
  let collector: Collector;
  const before = { ...process.env };
  beforeEach(async () => {
    collector = await startCollector();
  });
  afterEach(async () => {
    process.env = { ...before };
    await collector.close();
  });

  /** Where the only span has come, and what came with it. */
  async function sent(config: Partial<TraceConfig>) {
    const arrived: { headers: IncomingHttpHeaders; path: string | undefined }[] = [];
    collector.answer = (req, res) => {
      arrived.push({ headers: req.headers, path: req.url });
      res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    };
    const tracer = (await openTracer(about, { TRACE_SAMPLE: 1, ...config })) as Tracer;
    tracer.begin(traceOf(undefined, undefined, Math.random), 'GET', 'server').span?.end();
    await tracer.close(2_000);
    expect(arrived).toHaveLength(1);
    return { ...arrived[0], resource: spansIn(collector.bodies[0]?.text ?? '')[0]?.resource };
  }

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', '', '/v1/traces'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', '/otlp/', '/otlp/v1/traces'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', '/any/where', '/any/where'],
  ])('where %s says, which is enough: %s', async (name, below, path) => {
    expect(await sent({ [name]: collector.url + below })).toMatchObject({ path });
  });

  it('where the address of traces says, if there are both', async () => {
    const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = `${collector.url}/mine`;
    const both = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT };
    expect(await sent(both)).toMatchObject({ path: '/mine' });
  });

  it('with the headers, the name and the attributes that OpenTelemetry’s variables say', async () => {
    process.env.OTEL_EXPORTER_OTLP_HEADERS = 'x-tenant=shop,x-key=all';
    process.env.OTEL_EXPORTER_OTLP_TRACES_HEADERS = 'x-key=traces%20only';
    process.env.OTEL_SERVICE_NAME = 'shop-order';
    process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=production,service.version=2';
    const { headers, resource } = await sent({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.url });
    expect(headers).toMatchObject({ 'x-tenant': 'shop', 'x-key': 'traces only' });
    expect(resource).toMatchObject({
      'telemetry.sdk.language': 'nodejs',
      'service.name': 'shop-order',
      'service.version': '2',
      'service.instance.id': 'I1',
      'deployment.environment.name': 'production',
    });
  });
});

it.each([
  [{ TRACE_SAMPLE: 0 }, false],
  [{ TRACE_SAMPLE: 0, OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, true],
  [{ TRACE_SAMPLE: 1, OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, false],
  [{ TRACE_SAMPLE: 1, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: 0 }, false],
  [{ TRACE_SAMPLE: 0, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }, true],
] as const)('a trace is recorded or not, as %j says', async (sampling, recorded) => {
  const tracer = (await openTracer(about, { ZIPKIN_URL: 'http://127.0.0.1:9', ...sampling })) as Tracer;
  const { span } = tracer.begin(traceOf(undefined, undefined, Math.random), 'GET', 'server');
  await tracer.close(0);
  expect(span !== undefined).toBe(recorded);
});

it.each([
  ['', false],
  ["ZIPKIN_URL: 'http://127.0.0.1:9'", true],
  ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces'", true],
  ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: true", false],
])('the libraries of a tracer are loaded only with an endpoint: %s', async (wanted, loaded) => {
  const built = new URL('../../dist/', import.meta.url);
  const script = `
    const { default: { _cache } } = await import('node:module');
    await import('${built}service/service.js');
    const { openTracer } = await import('${built}telemetry/open-tracer.js');
    await openTracer({ service: 'order', version: '1', instance: 'I1' }, { ${wanted} });
    console.log(Object.keys(_cache).filter((file) => file.includes('@opentelemetry/sdk')).length);`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH } });
  expect(Number(stdout) > 0).toBe(loaded);
});
