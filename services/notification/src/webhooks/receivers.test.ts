import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Cut } from '@oms/shared/resilience/cut';
import type { LookUp } from '@oms/shared/resilience/names';
import type { Transport } from '@oms/shared/resilience/transport';
import { startTarget, type Target } from '../../../../tests/support/call-target.ts';
import { anyReceivers, publicReceivers, transportTo } from './receivers.ts';

const to: LookUp = async (host) =>
  ({ 'shop.example': ['93.184.216.34'], 'two.example': ['93.184.216.34', '10.0.0.1'] })[host] ?? [];
const faultOf = (url: string) => publicReceivers(to).faultOf(url);
const request = (origin: string) => ({ method: 'POST', origin, path: '/', headers: {}, body: '{}', signal: new Cut() });

describe('a webhook may not lead to', () => {
  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://１２７.0.0.1/',
    'https:\\\\127.0.0.1\\hook',
    'https://127.0.0.1./',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[0:0:0:0:0:ffff:a9fe:a9fe]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.1.2.3:8443/',
  ])('a private address: %s', async (url) => expect(await faultOf(url)).toBe('leads to a private address'));

  it('a name that has a private address, even beside a public one', async () => {
    expect(await faultOf('https://two.example/')).toBe('leads to a private address');
  });

  it.each(['https://shop.example:22/', 'https://shop.example:80/', 'https://shop.example:6379/'])(
    'the port of something else: %s',
    async (url) => expect(await faultOf(url)).toBe('must have the port 443 or 8443'),
  );

  it('where what is sent could be read on the way', async () => {
    expect(await faultOf('http://shop.example/')).toBe('must begin with https://');
  });

  it('a user, who would be shown to everybody who lists webhooks', async () => {
    const fault = 'must not contain a user or a password';
    expect(await faultOf('https://user:password@shop.example/')).toBe(fault);
    const any = anyReceivers();
    expect(await any.faultOf('http://user@127.0.0.1:1/')).toBe(fault);
    await any.transport.close();
  });

  it.each([
    'https://shop.example/hook?id=1',
    'https://shop.example:8443/',
    'https://93.184.216.34/',
    'https://later.example/',
  ])('but it may lead to %s', async (url) => expect(await faultOf(url)).toBeUndefined());

  it('with private addresses allowed, anywhere', async () => {
    const any = anyReceivers();
    expect(await any.faultOf('http://127.0.0.1:9/')).toBeUndefined();
    await any.transport.close();
  });
});

describe('a connection', () => {
  let receiver: Target;
  let transport: Transport | undefined;
  beforeEach(async () => {
    receiver = await startTarget();
  });
  afterEach(async () => {
    await transport?.close();
    await receiver.close();
  });
  const port = () => new URL(receiver.url).port;

  it('is not made to a name that has become private since the webhook was made (DNS rebinding)', async () => {
    let asked = 0;
    const rebinding: LookUp = async () => (++asked === 1 ? ['93.184.216.34'] : ['127.0.0.1']);
    const receivers = publicReceivers(rebinding);
    transport = receivers.transport;
    expect(await receivers.faultOf('https://shop.example/')).toBeUndefined();
    await expect(transport.send(request('https://shop.example'))).rejects.toThrow(
      'shop.example leads to a private address',
    );
    expect(asked).toBe(2);
  });

  it('is made to the address that was checked: its name is asked once, and stands in the Host header', async () => {
    const asked: string[] = [];
    const lookUp: LookUp = async (host) => (asked.push(host) === 1 ? ['127.0.0.1'] : ['127.0.0.2']);
    transport = transportTo(lookUp, (address) => address === '127.0.0.1');
    const { status } = await transport.send(request(`http://shop.example:${port()}`));
    expect(status).toBe(200);
    expect(asked).toEqual(['shop.example']);
    expect(receiver.requests.map(({ headers }) => headers.host)).toEqual([`shop.example:${port()}`]);
  });

  it('is not made when one of several addresses is private', async () => {
    transport = transportTo(
      async () => ['127.0.0.1', '127.0.0.2'],
      (address) => address === '127.0.0.1',
    );
    await expect(transport.send(request(`http://shop.example:${port()}`))).rejects.toThrow(
      'leads to a private address',
    );
    expect(receiver.connections).toBe(0);
  });

  it('is not made without an address', async () => {
    transport = transportTo(
      async () => [],
      () => true,
    );
    await expect(transport.send(request('http://shop.example'))).rejects.toThrow('shop.example has no address');
  });

  it('names the host when it begins TLS', async () => {
    const names: string[] = [];
    const server = createTlsServer({
      SNICallback: (name, done) => {
        names.push(name);
        done(new Error('no certificate'));
      },
    }).on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    transport = transportTo(
      async () => ['127.0.0.1'],
      () => true,
    );
    const { port: tlsPort } = server.address() as AddressInfo;
    await expect(transport.send(request(`https://shop.example:${tlsPort}`))).rejects.toThrow();
    expect(names).toEqual(['shop.example']);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(['https://127.0.0.1', 'https://[::1]', 'http://93.184.216.34', 'https://93.184.216.34:25'])(
    'is not made to what was allowed when the webhook was made, and is no more: %s',
    async (origin) => {
      transport = publicReceivers(to).transport;
      await expect(transport.send(request(origin))).rejects.toThrow(/^its address /);
    },
  );
});
