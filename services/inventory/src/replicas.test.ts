import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RunningService } from '@oms/shared/service/process';
import { client } from '../../../tests/support/answers.ts';
import { describeDurable } from '../../../tests/support/database.ts';
import { readConfig } from './config.ts';
import { start } from './main.ts';

describeDurable('two replicas on one database', () => {
  let replicas: RunningService[];
  beforeEach(async () => {
    const DATABASE_URL = `${process.env.DATABASE_URL_TEST}/stock_${randomUUID().slice(0, 8)}`;
    const config = readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      DATABASE_URL,
      PRODUCT_SERVICE_URL: 'none',
    });
    replicas = [await start(config), await start(config)];
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.stop();
  });

  it('never oversell: of many concurrent orders to both, five get the last five, each with all its lines or none', async () => {
    const at = replicas.map(({ port }) => client(`http://127.0.0.1:${port}`));
    const items = [
      { productId: 'prod1', quantity: 1 },
      { productId: 'PROD005', quantity: 1 },
    ];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => at[i % 2]?.post('/inventory/reserve', { orderId: `O${i}`, items })),
    );
    expect(answers.filter((answer) => answer?.status === 201)).toHaveLength(5);
    expect((await at[0]?.get('/inventory/PROD005'))?.body).toMatchObject({ onHand: 5, reserved: 5 });
    expect((await at[1]?.get('/inventory/prod1'))?.body).toMatchObject({ onHand: 100, reserved: 5 });
  });
});
