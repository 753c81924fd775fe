import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Chance } from '../../../tests/crash/chance.ts';
import { type Collector, startCollector } from '../../../tests/servers/span-collector.ts';
import { until } from '../../../tests/support/until.ts';
import { createLogger } from './logger.ts';
import { openTracer } from './open-tracer.ts';
import { during, startSpan, type Tracer } from './span.ts';
import { type Trace, traceFrom, traceOf, withTrace } from './trace.ts';

let collector: Collector;
let tracers: Tracer[];
beforeEach(async () => {
  collector = await startCollector();
  tracers = [];
});
afterEach(async () => {
  for (const tracer of tracers) await tracer.close(2_000);
  await collector.close();
});

async function open(TRACE_SAMPLE = 1, exporters: object = { ZIPKIN_URL: collector.url }): Promise<Tracer> {
  const log = createLogger('order', 'silent');
  const about = { service: 'order', version: '1.2.3', instance: 'I1', random: Math.random, log };
  const tracer = (await openTracer(about, { ...exporters, TRACE_SAMPLE })) as Tracer;
  tracers.push(tracer);
  return tracer;
}

const arriving = (traceparent?: string): Trace => traceOf(traceparent, undefined, Math.random);
const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const end = ({ span }: Trace) => span?.end();

describe('a span', () => {
  it('has the ids of its trace, and the caller as its parent', async () => {
    const tracer = await open();
    const trace = tracer.begin(arriving(`00-${ids.traceId}-${ids.spanId}-01`), 'GET', 'server');
    trace.span?.rename('GET /orders');
    trace.span?.set({ 'http.response.status_code': 200 });
    end(trace);
    await tracer.close(2_000);
    expect(collector.spans).toEqual([
      expect.objectContaining({
        ...{ traceId: ids.traceId, id: trace.spanId, parentId: ids.spanId, name: 'GET /orders', kind: 'SERVER' },
        localEndpoint: { serviceName: 'order' },
        tags: expect.objectContaining({
          'http.response.status_code': '200',
          'service.name': 'order',
          'service.version': '1.2.3',
          'service.instance.id': 'I1',
        }),
      }),
    ]);
  });

  it('is the parent of the work done in it', async () => {
    const tracer = await open();
    const trace = tracer.begin(arriving(), 'outer', 'server');
    await withTrace(trace, () =>
      during(startSpan('inner', 'internal'), async () => startSpan('innermost', 'client')?.end()),
    );
    end(trace);
    await tracer.close(2_000);
    const [innermost, inner, outer] = collector.spans;
    expect([innermost?.name, inner?.name, outer?.name]).toEqual(['innermost', 'inner', 'outer']);
    expect([innermost?.parentId, inner?.parentId, outer?.parentId]).toEqual([inner?.id, outer?.id, undefined]);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([trace.traceId]));
  });

  it('shows only the kind of an error, and the error is thrown on', async () => {
    const tracer = await open();
    const failing = Object.assign(new Error('of ada@example.org'), { code: 'EENVELOPE' });
    await withTrace(tracer.begin(arriving(), 'outer', 'server'), async () => {
      const work = during(startSpan('failing', 'internal'), () => Promise.reject(failing));
      await expect(work).rejects.toBe(failing);
    });
    await tracer.close(2_000);
    expect(collector.spans).toMatchObject([{ name: 'failing', tags: { error: 'EENVELOPE' } }]);
  });

  it('is exported within moments, also over OTLP', async () => {
    const tracer = await open(1, { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, ZIPKIN_URL: collector.url });
    end(tracer.begin(arriving(), 'GET', 'server'));
    await until(() => collector.bodies.length === 2);
    expect(collector.bodies.map(({ path }) => path).sort()).toEqual(['/api/v2/spans', '/v1/traces']);
    const otlp = JSON.parse(collector.bodies.find(({ path }) => path === '/v1/traces')?.text as string);
    expect(otlp.resourceSpans[0].scopeSpans[0].spans).toMatchObject([{ name: 'GET' }]);
  });
});

describe('whether a trace is recorded', () => {
  it('is decided by its caller', async () => {
    const tracer = await open(0);
    end(tracer.begin(arriving(`00-${ids.traceId}-${ids.spanId}-01`), 'wanted', 'server'));
    const unwanted = tracer.begin(arriving(`00-${ids.traceId}-${ids.spanId}-00`), 'unwanted', 'server');
    expect(unwanted).not.toHaveProperty('span');
    await tracer.close(2_000);
    expect(collector.spans.map(({ name }) => name)).toEqual(['wanted']);
  });

  it('is decided where it begins, for a share of the traces, and passed on to the services called', async () => {
    const tracer = await open(0.25);
    const chance = new Chance(1, 'ids');
    const random = () => chance.next();
    const begun = Array.from({ length: 1_000 }, () =>
      tracer.begin(traceOf(undefined, undefined, random), 'GET', 'server'),
    );
    begun.forEach(end);
    const recorded = begun.filter(({ span }) => span);
    expect(recorded.length).toBeGreaterThan(150);
    expect(recorded.length).toBeLessThan(350);
    expect(begun.filter(({ sampled }) => sampled)).toEqual(recorded);
    await tracer.close(2_000);
    expect(collector.spans).toHaveLength(recorded.length);
  });

  it('is decided by its cause, even long afterwards', async () => {
    const tracer = await open();
    expect(tracer.begin(traceFrom({ traceId: ids.traceId }, Math.random), 'job', 'internal')).not.toHaveProperty(
      'span',
    );
    end(tracer.begin(traceFrom(ids, Math.random), 'job', 'internal'));
    await tracer.close(2_000);
    expect(collector.spans).toMatchObject([{ traceId: ids.traceId, parentId: ids.spanId }]);
  });
});
