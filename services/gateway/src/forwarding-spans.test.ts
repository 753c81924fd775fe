import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Collector, startCollector, type ZipkinSpan } from '../../../tests/servers/span-collector.ts';
import { held, json, type Target } from '../../../tests/support/call-target.ts';
import { gatewayWorld } from '../../../tests/support/gateway.ts';
import { ask, post } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';

const world = gatewayWorld();
let collector: Collector;
let targets: Target[];
let gateway: Awaited<ReturnType<typeof world.gateway>>;
beforeEach(async () => {
  collector = await startCollector();
  targets = [await world.target(), await world.target()];
  const ORDER_SERVICE_URL = targets.map(({ url }) => url).join(',');
  gateway = await world.gateway({ ORDER_SERVICE_URL, ZIPKIN_URL: collector.url });
});
afterEach(async () => {
  await world.close();
  await collector.close();
});

/** In the order in which they began. */
async function recorded(): Promise<ZipkinSpan[]> {
  await gateway.stop();
  return collector.spans.sort((a, b) => a.timestamp - b.timestamp);
}
const seen = () => targets.flatMap(({ requests }) => requests.filter(({ path }) => path.startsWith('/orders')));

describe('a request that is sent on', () => {
  it('is recorded as a call of the service, whose span is its child', async () => {
    await ask(`${gateway.url}/api/orders/secret?email=ada@example.org`);
    const [request, call, ...more] = await recorded();
    expect(more).toEqual([]);
    expect(request).toMatchObject({ name: 'GET /orders/*', kind: 'SERVER' });
    expect(call).toMatchObject({
      ...{ name: 'GET order', kind: 'CLIENT', parentId: request?.id, traceId: request?.traceId },
      tags: { 'peer.service': 'order', attempt: '1', 'http.response.status_code': '200' },
    });
    expect(call?.tags).not.toHaveProperty('error');
    expect(seen()[0]?.headers.traceparent).toBe(`00-${call?.traceId}-${call?.id}-01`);
    expect(collector.bodies.map(({ text }) => text).join()).not.toMatch(/secret|ada@/);
  });

  it('is recorded once for each address that it was sent to', async () => {
    const [first] = targets as [Target];
    first.answer = (req) => req.socket.destroy();
    await post(`${gateway.url}/orders`, {}, { 'Idempotency-Key': 'K' });
    const [request, ...calls] = await recorded();
    expect(calls).toMatchObject([
      {
        parentId: request?.id,
        tags: { attempt: '1', 'url.full': `${first.url}/orders/REDACTED`, error: 'UND_ERR_SOCKET' },
      },
      { parentId: request?.id, tags: { attempt: '2', 'url.full': `${targets[1]?.url}/orders/REDACTED` } },
    ]);
    expect(seen().map(({ headers }) => headers.traceparent?.slice(36, 52))).toEqual(calls.map(({ id }) => id));
    expect(seen().map(({ headers }) => headers['idempotency-key'])).toEqual(['K', 'K']);
  });

  it('is an error when the client did not wait for the answer', async () => {
    const { answer, waiting } = held();
    for (const target of targets) target.answer = answer;
    const leaving = new AbortController();
    const gone = fetch(`${gateway.url}/orders`, { signal: leaving.signal }).catch(() => 'gone');
    await until(() => waiting.length === 1);
    leaving.abort();
    expect(await gone).toBe('gone');
    await until(() => targets.some(({ abandoned }) => abandoned === 1));
    const [, call] = await recorded();
    expect(call?.tags.error).toBe('client gone');
  });

  it('is an error when the answer is one', async () => {
    for (const target of targets) target.answer = (req, res) => json(res, req.url === '/readyz' ? 200 : 500, {});
    await ask(`${gateway.url}/orders`);
    const [request, call] = await recorded();
    expect([request?.tags.error, call?.tags.error]).toEqual(['answered 500', 'answered 500']);
  });
});
