import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { address, cart } from '../e2e/orders.ts';
import { type Name, type System, startSystem } from '../e2e/system.ts';
import { type Collector, startCollector } from '../servers/span-collector.ts';
import { ask } from '../support/tiny-service.ts';
import { until } from '../support/until.ts';
import { breachesOf, type ExportedSpan, spansIn } from './conventions.ts';

const ALL: Name[] = ['inventory', 'payment', 'shipping', 'product', 'order', 'notification', 'gateway'];

let collector: Collector;
let system: System | undefined;
beforeEach(async () => {
  collector = await startCollector();
  collector.answer = (_req, res) => void res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
});
afterEach(async () => {
  await system?.stop();
  await collector.close();
});

const PATH = '/custom/traces';
const exported = (): ExportedSpan[] =>
  collector.bodies.flatMap(({ path, text }) => (path === '/hook' ? [] : spansIn(text)));

describe('what is exported', () => {
  it('keeps the semantic conventions of OpenTelemetry: names, kinds and attributes of every span', async () => {
    const stored = process.env.DATABASE_URL_TEST;
    // This address alone: no other is set, and nothing is added to it.
    const env = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.url + PATH,
      WEBHOOK_PRIVATE_ADDRESSES: 'true',
      ...(stored && { DATABASE_URL: `${stored}/conventions_${randomUUID().slice(0, 8)}` }),
    };
    system = await startSystem(env, ALL);
    const { gateway, order, inventory, payment } = system;
    for (const url of [`${collector.url}/hook`, 'http://127.0.0.1:9/secret'])
      await gateway.post('/webhooks', { url, events: ['order.*'] });
    const { id } = (await gateway.post('/orders', { ...cart(), shippingAddress: address })).body;
    await gateway.post(`/orders/${id}/fulfill`, {});
    await gateway.post('/orders', { ...cart(), paymentMethod: 'tok_declined' });
    await gateway.get('/orders?customerId=secret');
    await ask(`${order.url}/no/such/secret`);
    await ask(`${order.url}/orders`, { method: 'PROPFIND' });
    await payment.put('/chaos', { failureRate: 1, ttlSeconds: 60 });
    await gateway.post('/orders', cart());
    const named = (name: string) => exported().filter((span) => span.name === name);
    await until(
      () =>
        named('consume order.status-changed').length > 0 &&
        named('POST payment').some(({ failed }) => failed) &&
        new Set(named('deliver order.placed').map(({ failed }) => failed)).size === 2,
    );
    await system.stop();
    system = undefined;

    const spans = exported();
    expect(spans.flatMap(breachesOf)).toEqual([]);
    const processes = new Map(spans.map(({ resource }) => [resource['service.name'], resource['service.instance.id']]));
    expect([...processes.keys()].sort()).toEqual([...ALL].sort());
    expect(new Set(processes.values()).size).toBe(ALL.length);
    expect(new Set(collector.bodies.map(({ path }) => path))).toEqual(new Set([PATH, '/hook']));

    // All kinds were there.
    const kinds = new Set(spans.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['SERVER', 'CLIENT', 'INTERNAL', 'CONSUMER', 'PRODUCER']));
    expect(named('write').length > 0).toBe(stored !== undefined);
    expect(named('HTTP')).toMatchObject([
      { kind: 'SERVER', attributes: { 'http.request.method_original': 'PROPFIND' } },
    ]);
    const [shipped] = named('POST /orders/{id}/fulfill') as [ExportedSpan];
    expect(shipped.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/orders/{id}/fulfill',
      'http.response.status_code': 200,
      'url.path': '/orders/REDACTED/fulfill',
      'url.scheme': 'http',
    });
    const [listed] = named('GET /orders') as [ExportedSpan];
    expect(listed.attributes).toMatchObject({ 'url.path': '/orders', 'url.query': 'REDACTED' });
    const [call] = named('POST inventory') as [ExportedSpan];
    expect(call.attributes).toMatchObject({
      'url.full': `${inventory.url}/inventory/reserve`,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(inventory.url).port),
    });
    const failing = named('POST payment').filter(({ failed }) => failed);
    expect(failing[0]?.attributes).toMatchObject({ 'error.type': '500', 'http.response.status_code': 500 });
    expect(failing.some(({ attributes }) => attributes['http.request.resend_count'] === 1)).toBe(true);
    expect(JSON.stringify(spans)).not.toContain('secret');
  });
});
