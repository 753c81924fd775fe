import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { FIRST_PRODUCTS } from '@oms/shared/contracts/product';
import type { RunningService } from '@oms/shared/service/process';
import { client } from '../../../tests/support/answers.ts';
import { describeDurable } from '../../../tests/support/database.ts';
import { readConfig } from './config.ts';
import { start } from './main.ts';

let env: Record<string, string>;
let replicas: RunningService[];
beforeEach(() => {
  const DATABASE_URL = `${process.env.DATABASE_URL_TEST}/catalog_${randomUUID().slice(0, 8)}`;
  env = { DATABASE_URL, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' };
  replicas = [];
});
afterEach(() => stop());

const startTwo = async () => {
  replicas = await Promise.all([start(readConfig(env)), start(readConfig(env))]);
  return replicas.map(({ port }) => client(`http://127.0.0.1:${port}`)) as [Api, Api];
};
const stop = async () => void (await Promise.all(replicas.splice(0).map((one) => one.stop())));
type Api = ReturnType<typeof client>;
const idsOf = async (api: Api, path: string) => (await api.get(path)).body.items.map(({ id }: { id: string }) => id);

describeDurable('on PostgreSQL, two replicas', () => {
  it('that start at the same moment create one catalog', async () => {
    const [a, b] = await startTwo();
    expect((await a.get('/events')).body.events).toHaveLength(FIRST_PRODUCTS.length);
    expect(await idsOf(b, '/products')).toEqual([...FIRST_PRODUCTS].sort());
  });

  it('find a change that the other has just committed', async () => {
    const [a, b] = await startTwo();
    for (let i = 0; i < 20; i++) {
      await a.post('/products', { id: `n${i}`, name: `novelty${i}x`, category: 'New', price: 1 });
      expect(await idsOf(b, `/products/search/novelty${i}x`)).toEqual([`n${i}`]);
    }
    await b.delete('/products/n7');
    expect(await idsOf(a, '/products/search/novelty7x')).toEqual([]);
    expect(await idsOf(a, '/products?category=New&limit=200')).toHaveLength(19);
    expect(await idsOf(a, '/products?ids=n8,n7')).toEqual(['n8']);
  });

  it('know changes after a restart, and do not bring deleted products back', async () => {
    const [before] = await startTwo();
    await before.put('/products/prod1', { price: 12.5 });
    await before.delete('/products/prod2');
    await stop();
    const [a, b] = await startTwo();
    expect((await a.get('/products/prod1')).body.price).toBe(12.5);
    expect((await b.get('/products/prod2')).body.code).toBe('PRODUCT_NOT_FOUND');
    expect(await idsOf(b, '/products/search/first%20product')).toEqual(['prod1']);
  });
});
