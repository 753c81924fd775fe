import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clientFor, json, startTarget, type Target } from '../../../../tests/support/call-target.ts';
import { until } from '../../../../tests/support/until.ts';
import { Catalog } from './catalog.ts';

const FRESH_MS = 5_000;
const MINUTE = 60_000;

let target: Target;
let clock: { now: number };
let calling: ReturnType<typeof clientFor>;
let catalog: Catalog;
/** What the product service has, by id, in decimals. */
let prices: Record<string, number>;
const currencyOf = (id: string) => (id === 'rice' ? 'JPY' : 'USD');

const idsOf = ({ url }: IncomingMessage) => new URL(url ?? '', 'http://any').searchParams.get('ids')?.split(',') ?? [];
const answer = (req: IncomingMessage, res: ServerResponse) => {
  const time = new Date(0).toISOString();
  const items = idsOf(req)
    .filter((id) => id in prices)
    .map((id) => ({
      id,
      name: `The ${id}`,
      price: prices[id],
      currency: currencyOf(id),
      createdAt: time,
      updatedAt: time,
    }));
  json(res, 200, { items, nextCursor: null });
};
const fail = (_req: IncomingMessage, res: ServerResponse) => json(res, 500, {});

beforeEach(async () => {
  target = await startTarget();
  target.answer = answer;
  prices = { lamp: 24.5, chair: 99.99 };
  clock = { now: 1_000_000 };
  calling = clientFor(target.url, {});
  catalog = new Catalog(calling.client, { now: () => clock.now }, FRESH_MS);
});
afterEach(async () => {
  await calling.close();
  await target.close();
});

const look = async (...ids: string[]) => Object.fromEntries(await catalog.lookUp(ids));
const calls = () => target.requests.map(({ path }) => path);
const lamp = { name: 'The lamp', priceCents: 2450, currency: 'USD', isCurrent: true };
const chair = { name: 'The chair', priceCents: 9999, currency: 'USD', isCurrent: true };

describe('products that are looked up for the first time', () => {
  it('take one call', async () => {
    expect(await look('lamp', 'chair', 'lamp')).toEqual({
      lamp: expect.objectContaining(lamp),
      chair: expect.objectContaining(chair),
    });
    expect(calls()).toEqual(['/products?ids=lamp%2Cchair']);
  });
  it('are counted in their own currency', async () => {
    prices.rice = 2450;
    expect(await look('rice')).toMatchObject({ rice: { priceCents: 2450, currency: 'JPY' } });
  });
  it('are not listed when the catalog does not have them, and looked up again each time', async () => {
    expect(await look('hat')).toEqual({ hat: 'not listed' });
    prices.hat = 5;
    expect(await look('hat')).toMatchObject({ hat: { priceCents: 500 } });
    expect(calls()).toHaveLength(2);
  });
  it('are not known while the catalog does not answer', async () => {
    target.answer = fail;
    expect(await look('lamp')).toEqual({ lamp: 'not known' });
    target.answer = answer;
    calling.client.breaker.reset();
    expect(await look('lamp')).toMatchObject({ lamp });
  });
  it.each([
    ['refuses', (_: IncomingMessage, res: ServerResponse) => json(res, 401, { code: 'INTERNAL_TOKEN_REQUIRED' })],
    ['is something else', (_: IncomingMessage, res: ServerResponse) => json(res, 200, { hello: 'world' })],
    ['talks no JSON', (_: IncomingMessage, res: ServerResponse) => void res.end('<html>')],
  ])('are not known when what answers %s, and are looked up again', async (_what, odd) => {
    target.answer = odd;
    expect(await look('lamp')).toEqual({ lamp: 'not known' });
    target.answer = answer;
    expect(await look('lamp')).toMatchObject({ lamp });
  });
});

it('has a timeout of five seconds for an order', async () => {
  const { client, close } = clientFor(target.url, { timeoutMs: 60_000 });
  target.answer = () => {};
  expect(await new Catalog(client, { now: () => clock.now }, FRESH_MS).lookUp(['lamp'])).toEqual(
    new Map([['lamp', 'not known']]),
  );
  await until(() => target.abandoned === 1);
  await close();
});

describe('a product that was looked up', () => {
  beforeEach(async () => {
    await look('lamp');
    prices.lamp = 30;
  });

  it('is not looked up again while it is fresh', async () => {
    clock.now += FRESH_MS - 1;
    expect(await look('lamp', 'chair')).toMatchObject({ lamp, chair });
    expect(calls()).toEqual(['/products?ids=lamp', '/products?ids=chair']);
  });
  it('is looked up again once it is not', async () => {
    clock.now += FRESH_MS;
    expect(await look('lamp')).toMatchObject({ lamp: { priceCents: 3000, isCurrent: true } });
  });
  it('stands in for a catalog that does not answer, and is marked as not current', async () => {
    target.answer = fail;
    clock.now += 15 * MINUTE - 1;
    expect(await look('lamp', 'chair')).toMatchObject({ lamp: { ...lamp, isCurrent: false }, chair: 'not known' });
  });
  it('stands in for a quarter of an hour', async () => {
    target.answer = fail;
    clock.now += 15 * MINUTE;
    expect(await look('lamp')).toEqual({ lamp: 'not known' });
  });
  it('is forgotten when the catalog no longer has it', async () => {
    delete prices.lamp;
    clock.now += FRESH_MS;
    expect(await look('lamp')).toEqual({ lamp: 'not listed' });
    target.answer = fail;
    expect(await look('lamp')).toEqual({ lamp: 'not known' });
  });
  it('is as old as the call, not as its answer', async () => {
    clock.now += FRESH_MS;
    target.answer = (req, res) => {
      clock.now += FRESH_MS;
      answer(req, res);
    };
    await look('lamp');
    prices.lamp = 31;
    expect(await look('lamp')).toMatchObject({ lamp: { priceCents: 3100 } });
  });
});

describe('requests at the same time', () => {
  it('share the call for a product that both want', async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    target.answer = (req, res) => void gate.then(() => answer(req, res));
    const [one, two, three] = [look('lamp'), look('lamp', 'chair'), look('chair', 'lamp')];
    await until(() => calls().length === 2);
    go();
    expect(await one).toMatchObject({ lamp });
    expect(await two).toMatchObject({ lamp, chair });
    expect(await three).toMatchObject({ lamp, chair });
    expect(calls().sort()).toEqual(['/products?ids=chair', '/products?ids=lamp']);
  });
});

it('remembers ten thousand products, those looked up last', async () => {
  const ids = Array.from({ length: 10_050 }, (_, i) => `p${i}`);
  prices = Object.fromEntries(ids.map((id) => [id, 1]));
  for (let i = 0; i < ids.length; i += 100) await look(...ids.slice(i, i + 100));
  const before = calls().length;
  expect(await look('p50')).toMatchObject({ p50: { priceCents: 100 } });
  expect(calls()).toHaveLength(before);
  await look('p0');
  expect(calls().at(-1)).toBe('/products?ids=p0');
});
