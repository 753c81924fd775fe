import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { SERVICES } from '../support/project.ts';
import { Starter } from '../support/starter.ts';
import { CentralLogs } from './logs.ts';
import { describeWith } from './promtool.ts';

jest.setTimeout(150_000);

const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

describeWith('victoria-logs', 'otelcol')('central logs of the real system', () => {
  let logs: CentralLogs;
  let starter: Starter;
  let passing: NodeJS.Timeout;
  let passed = 0;

  /** What the services write to standard output, on to where a container's lines are. */
  function passOn(): void {
    const end = starter.output.lastIndexOf('\n') + 1;
    for (const line of starter.output.slice(passed, end).split('\n')) {
      const [, service, text] = /^(\w+) +\| (\{.*\})$/.exec(line) ?? [];
      if (service) logs.write(service, `${text}\n`);
    }
    passed = end;
  }

  beforeAll(async () => {
    logs = await CentralLogs.start();
    starter = await Starter.run(SERVICES, { env: { CHAOS_API: 'true' } });
    await starter.says('Ready in');
    passing = setInterval(passOn, 100);
  });
  afterAll(async () => {
    clearInterval(passing);
    await starter?.cleanUp();
    await logs?.stop();
  });

  const ask = async (method: string, path: string, body?: object) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(starter.urlOf('gateway') + path, { method, headers, body: JSON.stringify(body) });
    return (await answer.json()) as { id: string };
  };
  const order = { customerId: 'ada', items: [{ productId: 'prod1', quantity: 1 }], shippingAddress: ADDRESS };
  const servicesOf = (lines: { service: string }[]) => [...new Set(lines.map(({ service }) => service))].sort();

  it('one query finds the lines of one order, of every service that had to do with it', async () => {
    const { id } = await ask('POST', '/orders', order);
    await ask('POST', `/orders/${id}/fulfill`, {});
    const other = await ask('POST', '/orders', order);
    const all = ['gateway', 'inventory', 'notification', 'order', 'payment', 'shipping'];
    const lines = await logs.findUntil(`orderId:"${id}"`, (found) => servicesOf(found).length === all.length);
    expect(servicesOf(lines)).toEqual(all);
    expect(JSON.stringify(lines)).not.toContain(other.id);
    const placed = lines.find(({ service, path }) => service === 'gateway' && path === '/orders');
    expect(placed).toMatchObject({ _msg: 'request', level: 'info', method: 'POST', status: '201' });
    expect(placed?._stream).toBe('{level="info",service="gateway"}');
  });

  it('one query also finds lines that name no order, by the traces of those that do', async () => {
    // The price of this one is not known yet: the catalog is asked.
    const { id } = await ask('POST', '/orders', { ...order, items: [{ productId: 'prod2', quantity: 1 }] });
    const traces = `traceId:in(orderId:"${id}" traceId:* | fields traceId)`;
    const lines = await logs.findUntil(traces, (found) => servicesOf(found).includes('product'));
    const ofTheCatalog = lines.filter(({ service }) => service === 'product');
    expect(ofTheCatalog).toMatchObject([{ _msg: 'request' }]);
    expect(ofTheCatalog[0]).not.toHaveProperty('orderId');
  });

  it('fields can be searched: the service, the level', async () => {
    const { id } = await ask('POST', '/orders', { ...order, paymentMethod: 'tok_outage' });
    const query = 'level:warn service:payment orderId:*';
    const lines = await logs.findUntil(query, (found) => found.length > 0);
    expect(lines[0]).toMatchObject({ _msg: 'the provider gave no answer' });
    expect(lines.every(({ service, level }) => service === 'payment' && level === 'warn')).toBe(true);
    expect(id).toBeUndefined();
  });

  it('lines that are no JSON are kept as text, put together where Docker cut them', async () => {
    logs.write('postgres', 'LOG:  checkpoint ');
    logs.write('postgres', 'starting: time\n');
    const lines = await logs.findUntil('service:postgres', (found) => found.length > 0);
    expect(lines.map(({ _msg }) => _msg)).toEqual(['LOG:  checkpoint starting: time']);
  });

  it('lines of containers of others are not collected', async () => {
    logs.write('others', '{"message":"a secret","service":"others"}\n', {});
    logs.write('others', '{"message":"a secret","service":"others"}\n', { tag: 'theirs' });
    logs.write('others', '{"message":"ours","service":"others"}\n');
    const lines = await logs.findUntil('service:others', (found) => found.length > 0);
    expect(lines.map(({ _msg }) => _msg)).toEqual(['ours']);
  });
});
