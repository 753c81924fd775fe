import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Recorder } from '../../../tests/support/recorder.ts';
import { ask, post, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';

let recorder: Recorder;
let tiny: Tiny;
beforeEach(async () => {
  recorder = new Recorder();
  tiny = await startTiny({ tracer: recorder });
});
afterEach(() => tiny.close());

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}`;
const ended = () => until(() => recorder.spans[0]?.ends === 1);

describe('a request', () => {
  it('is recorded under the pattern of its route, never under its path', async () => {
    await ask(`${tiny.url}/things/secret?times=2`, { headers: { traceparent: `${traceparent}-01` } });
    await ended();
    expect(recorder.spans).toMatchObject([
      {
        ...{ name: 'GET /things/{id}', kind: 'server', failure: undefined },
        trace: { traceId: 'a'.repeat(32), parentId: 'b'.repeat(16) },
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/things/{id}',
          'http.response.status_code': 200,
          'url.path': '/things/REDACTED',
          'url.scheme': 'http',
          'network.protocol.version': '1.1',
          'order.id': 'order-of-secret',
        },
      },
    ]);
    expect(JSON.stringify(recorder.spans.map(({ name, attributes }) => [name, attributes]))).not.toContain('times');
  });

  it('without a trace begins one', async () => {
    await ask(`${tiny.url}/things/a`);
    await ended();
    expect(recorder.spans[0]?.trace.parentId).toBeUndefined();
  });

  it('whose caller does not sample it is not recorded', async () => {
    await ask(`${tiny.url}/things/a`, { headers: { traceparent: `${traceparent}-00` } });
    await ask(`${tiny.url}/things/b`);
    await ended();
    expect(recorder.spans).toHaveLength(1);
  });

  it.each(['/health', '/livez', '/readyz', '/metrics'])('of a probe is not recorded: %s', async (path) => {
    await ask(tiny.url + path);
    await ask(`${tiny.url}/things/a`);
    await ended();
    expect(recorder.spans.map(({ name }) => name)).toEqual(['GET /things/{id}']);
  });

  it.each([
    ['/fail', 500, 'answered 500'],
    ['/things/a%20b', 400, undefined],
  ])('to %s that is answered %i shows as an error only if it is one of ours', async (path, status, failure) => {
    await ask(tiny.url + path);
    await ended();
    expect(recorder.spans).toMatchObject([{ failure, attributes: { 'http.response.status_code': status } }]);
  });

  it('without a route has no pattern', async () => {
    await ask(`${tiny.url}/no/such/thing`);
    await ended();
    const attributes = { 'http.response.status_code': 404, 'url.path': '/REDACTED' };
    expect(recorder.spans).toMatchObject([{ name: 'GET', attributes }]);
    expect(recorder.spans[0]?.attributes).not.toHaveProperty('http.route');
  });

  it('with a method that nobody knows has no name of its own, in spans and metrics', async () => {
    await ask(`${tiny.url}/things`, { method: 'PROPFIND' });
    await ended();
    const attributes = { 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' };
    expect(recorder.spans).toMatchObject([{ name: 'HTTP', attributes }]);
    const text = await tiny.metrics.registry.metrics();
    expect(text).toMatch(/^http_request_duration_seconds_count\{.*method="_OTHER"/m);
    expect(text).not.toContain('PROPFIND');
  });

  it('is the cause that its events name', async () => {
    await post(`${tiny.url}/things`, { id: 'a', size: 1 });
    await ended();
    const { traceId, spanId } = recorder.named('POST /things').trace;
    expect(await tiny.store.events({ limit: 10 })).toMatchObject([{ traceId, spanId }]);
  });
});
