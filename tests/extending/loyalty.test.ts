import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { client, problem } from '../support/answers.ts';
import { processesOf } from '../support/processes.ts';
import { copyProject } from '../support/project-copy.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';
import { shownIn } from './shown-code.ts';

jest.setTimeout(180_000);

type Api = ReturnType<typeof client>;
let copy: string;
let processes: ServiceProcess[] = [];
let [order, inventory, payment, loyalty] = [] as unknown as [Api, Api, Api, Api];

/** The project with all that the document adds to it, built and started. */
beforeAll(async () => {
  copy = copyProject('extending');
  for (const { file, from, to } of shownIn()) {
    const path = join(copy, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, from === undefined ? to : readFileSync(path, 'utf8').replace(from, () => to));
  }
  const built = ['order', 'inventory', 'payment', 'loyalty'];
  const tsc = join(copy, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-b', ...built.map((name) => join(copy, 'services', name))], {
    stdio: 'inherit',
  });
  const env = {
    LOG_LEVEL: 'error',
    TEST_TOKENS: 'true',
    CHAOS_API: 'true',
    SAGA_POLL_MS: '50',
    BREAKER_LOYALTY_VOLUME: '1000',
  };
  processes = await processesOf(built, env, { project: copy });
  await Promise.all(processes.map((process) => process.start()));
  [order, inventory, payment, loyalty] = processes.map(({ url }) => client(url)) as [Api, Api, Api, Api];
});
afterAll(() => {
  for (const process of processes) process.end();
  rmSync(copy, { recursive: true });
});

let customerId = '';
let customers = 0;
beforeEach(() => {
  customerId = `C${++customers}`;
});

const place = (paymentMethod = 'tok_visa') =>
  order.post('/orders', { customerId, paymentMethod, items: [{ productId: 'PROD001', quantity: 2, price: 29.99 }] });
const points = async () => (await loyalty.get(`/loyalty/${customerId}`)).body.points;
const settled = (id: string) =>
  until(async () => (await order.get(`/orders/${id}/events`)).body.events.at(-1).type === 'saga.undone');

describe('an order', () => {
  it('earns its points once', async () => {
    expect((await place()).body.status).toBe('CONFIRMED');
    expect(await points()).toBe(59);
  });

  it('loses them when its payment is declined, and its stock is given back', async () => {
    const { status, body } = await place('tok_declined');
    expect([status, body.code]).toEqual([402, 'PAYMENT_DECLINED']);
    await settled(body.orderId);
    expect(await points()).toBe(0);
    const reservation = await inventory.get(`/inventory/reservations/${body.orderId}`);
    expect(reservation.body.status).toBe('RELEASED');
  });

  it('loses them when it is cancelled', async () => {
    const { id } = (await place()).body;
    expect((await order.delete(`/orders/${id}`)).body.status).toBe('CANCELLED');
    expect(await points()).toBe(0);
    expect((await payment.get(`/payments?orderId=${id}`)).body.items[0].status).toBe('VOIDED');
  });

  it('is rejected when nobody knows whether they were credited, and what was credited is taken back', async () => {
    // They are credited, and no answer arrives.
    await loyalty.put('/chaos', { dropRate: 1 });
    const { status, body } = await place();
    expect([status, body.code]).toEqual([503, 'LOYALTY_UNAVAILABLE']);
    await loyalty.put('/chaos', { dropRate: 0 });
    await settled(body.orderId);
    expect(await points()).toBe(0);
    expect((await payment.get(`/payments?orderId=${body.orderId}`)).body.items).toEqual([]);
  });
});

describe('the loyalty service', () => {
  const OF_ORDER = { orderId: 'O1', customerId: 'C' };
  const credit = (key: string) => loyalty.post('/loyalty/credit', { ...OF_ORDER, customerId, points: 10 }, { key });
  const takeBack = (key: string) => loyalty.post('/loyalty/take-back', { ...OF_ORDER, customerId }, { key });

  it('credits once under the same key, and answers the same again', async () => {
    const first = await credit(`${customerId}:once`);
    const again = await credit(`${customerId}:once`);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    expect(await points()).toBe(10);
  });

  it('credits an order once under another key, too', async () => {
    await credit(`${customerId}:first`);
    expect((await credit(`${customerId}:second`)).body.status).toBe('CREDITED');
    expect(await points()).toBe(10);
  });

  it('refuses a credit whose undo arrived first', async () => {
    expect((await takeBack(`${customerId}:undo`)).body).toMatchObject({ status: 'TAKEN_BACK', points: 0 });
    expect(await credit(`${customerId}:late`)).toEqual(problem(409, 'CREDIT_CLOSED'));
    expect(await points()).toBe(0);
  });
});
