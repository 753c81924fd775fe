import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Addresses } from './addresses.ts';
import { lookUp } from './names.ts';

const LOOKED_UP_EVERY_MS = 5_000;

/** What the names stand for. */
let machines: Record<string, string[]>;
let asked: string[];
let addresses: Addresses;
beforeEach(() => {
  jest.useFakeTimers();
  [machines, asked] = [{}, []];
});
afterEach(() => {
  addresses.close();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

async function open(...origins: string[]): Promise<void> {
  const look = async (host: string) => {
    asked.push(host);
    if (!machines[host]) throw new Error('nobody has this name');
    return machines[host];
  };
  addresses = new Addresses(origins, async () => false, look);
  await jest.advanceTimersByTimeAsync(0);
}
const later = () => jest.advanceTimersByTimeAsync(LOOKED_UP_EVERY_MS);
const takeTimes = (times: number) => Array.from({ length: times }, () => addresses.take());

describe('a name of several machines', () => {
  beforeEach(async () => {
    machines.order = ['10.0.0.2', '10.0.0.1'];
    await open('http://order:3000');
  });

  it('shares the calls among them', () => {
    expect(takeTimes(4)).toEqual([
      'http://10.0.0.1:3000',
      'http://10.0.0.2:3000',
      'http://10.0.0.1:3000',
      'http://10.0.0.2:3000',
    ]);
  });

  it('gives a machine that was added its share within five seconds', async () => {
    machines.order?.push('10.0.0.3');
    await later();
    expect(new Set(takeTimes(3))).toEqual(new Set([1, 2, 3].map((n) => `http://10.0.0.${n}:3000`)));
  });

  it('sends nothing more to a machine that is gone, whose calls may still end', async () => {
    takeTimes(2);
    machines.order = ['10.0.0.2'];
    await later();
    expect(addresses.origins).toEqual(['http://order:3000']);
    addresses.release('http://10.0.0.1:3000');
    addresses.failed('http://10.0.0.1:3000');
    addresses.answered('http://10.0.0.1:3000', 500);
    expect(addresses.take()).toBe('http://order:3000');
  });

  it('knows those that stay as before', async () => {
    takeTimes(2);
    addresses.failed('http://10.0.0.1:3000');
    machines.order = ['10.0.0.1', '10.0.0.2', '10.0.0.4'];
    await later();
    expect(['1', '2', '4'].map((n) => addresses.isOut(`http://10.0.0.${n}:3000`))).toEqual([true, false, false]);
    expect(addresses.take()).toBe('http://10.0.0.4:3000');
  });

  it('keeps them while it cannot be looked up, or stands for nobody', async () => {
    machines = {};
    await later();
    machines.order = [];
    await later();
    expect(addresses.origins).toHaveLength(2);
  });
});

it('a name of one machine stays a name', async () => {
  machines.order = ['10.0.0.1'];
  await open('http://order:3000');
  expect([addresses.origins, addresses.take()]).toEqual([['http://order:3000'], 'http://order:3000']);
});

it('a name of one machine beside one of several is another way to them: it gets calls, and is no machine to look at', async () => {
  machines = { order: ['10.9.9.9'], 'order-pods': ['10.0.0.1', '10.0.0.2'] };
  await open('http://order:3000', 'http://order-pods:3000');
  const pods = ['http://10.0.0.1:3000', 'http://10.0.0.2:3000'];
  expect([takeTimes(3).sort(), addresses.origins]).toEqual([[...pods, 'http://order:3000'], pods]);
});

it('a machine that speaks IPv6 is written in brackets, and a port that is not named is 80', async () => {
  machines.order = ['fd00::1', 'fd00::2'];
  await open('http://order');
  expect(addresses.origins).toEqual(['http://[fd00::1]:80', 'http://[fd00::2]:80']);
});

it('numbers, this machine, and names that a certificate has to match are not looked up', async () => {
  await open('http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost:1', 'https://order:1');
  expect([asked, jest.getTimerCount()]).toEqual([[], 0]);
});

it('the system looks names up, in one family of addresses', async () => {
  await open('http://127.0.0.1:1');
  jest.useRealTimers();
  expect(await lookUp('localhost')).toHaveLength(1);
  await expect(lookUp('no-such-name.invalid')).rejects.toThrow();
  jest.useFakeTimers();
});
