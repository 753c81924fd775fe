import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answer as payment, problem } from '../../../tests/support/answers.ts';
import { until } from '../../../tests/support/until.ts';
import { PaymentService, replayed } from '../test/payment-service.ts';
import type { Payment } from './domain/payment.ts';
import type { PaymentParts } from './through-provider.ts';

let service: PaymentService;
beforeEach(async () => {
  service = await PaymentService.start();
});
afterEach(() => service.stop());

const byPayment = (paymentId: string) => ({ orderId: undefined, paymentId });

describe('POST /payments/authorize', () => {
  it('authorizes, and announces it', async () => {
    const answer = await service.authorize();
    const { id } = answer.body;
    expect(answer).toEqual(payment(201, { orderId: 'O1', status: 'AUTHORIZED', amount: 30, captured: 0, refunded: 0 }));
    expect(answer.body).toMatchObject({ currency: 'USD', method: 'tok_visa' });
    expect(answer.headers.location).toBe(`/payments/${id}`);
    expect(service.done()).toEqual(['AUTHORIZE 3000']);
    const { events } = (await service.get('/events')).body;
    expect(events).toMatchObject([
      { stream: 'payment/O1', type: 'payment.authorized', data: { orderId: 'O1', paymentId: id, amount: 30 } },
    ]);
  });

  it("repeated without a key, is the order's payment again", async () => {
    const first = await service.authorize();
    expect((await service.authorize()).text).toBe(first.text);
    expect(service.done()).toEqual(['AUTHORIZE 3000']);
  });

  it('repeated with its key, is answered byte for byte', async () => {
    const first = await service.authorize({}, 'k1');
    const second = await service.authorize({}, 'k1');
    expect([second.status, second.text, second.headers.location]).toEqual([201, first.text, first.headers.location]);
    expect([replayed(first), replayed(second)]).toEqual([false, true]);
  });

  it.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
  ])('is declined for %s, and stays declined', async (paymentMethod, reason) => {
    const first = await service.authorize({ paymentMethod });
    expect(first).toEqual(problem(402, 'PAYMENT_DECLINED'));
    expect(first.body).toMatchObject({ orderId: 'O1', reason });
    expect(await service.authorize({ paymentMethod })).toEqual(problem(402, 'PAYMENT_DECLINED'));
    expect(await service.eventTypes()).toEqual(['payment.declined']);
  });

  it('refuses invalid input', async () => {
    for (const change of [{ amount: 1.005 }, { amount: -1 }, { orderId: 'a b' }, { paymentMethod: '4111 1111' }]) {
      expect(await service.authorize(change)).toEqual(problem(400, 'VALIDATION_FAILED'));
    }
  });
});

describe('POST /payments/capture', () => {
  it('takes all that was authorized, once', async () => {
    const { id } = (await service.authorize()).body;
    const first = await service.capture();
    expect(first).toEqual(payment(200, { id, status: 'CAPTURED', captured: 30 }));
    for (const again of [{}, { amount: 30 }, byPayment(id)]) {
      expect((await service.capture(again)).text).toBe(first.text);
    }
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'CAPTURE 3000']);
    expect(await service.eventTypes()).toEqual(['payment.authorized', 'payment.captured']);
  });

  it('is 404 without a payment', async () => {
    for (const target of [{}, byPayment('P404')])
      expect(await service.capture(target)).toEqual(problem(404, 'PAYMENT_NOT_FOUND'));
  });

  it('needs a payment and a valid amount', async () => {
    for (const body of [{ paymentId: 'P1' }, { orderId: undefined }, { amount: 0 }]) {
      expect(await service.capture(body)).toEqual(problem(400, 'VALIDATION_FAILED'));
    }
  });
});

describe('POST /payments/refund of what is only authorized', () => {
  it('voids it, and answers a repeated request the same', async () => {
    const { id } = (await service.authorize()).body;
    const first = await service.refund({ reason: 'changed my mind' });
    expect(first).toEqual(payment(200, { id, status: 'VOIDED', captured: 0, refunded: 0 }));
    expect((await service.refund()).text).toBe(first.text);
    expect((await service.refund(byPayment(id))).text).toBe(first.text);
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'VOID 3000']);
    expect(await service.eventTypes()).toEqual(['payment.authorized', 'payment.voided']);
  });

  it('remembers an unknown order, and refuses an authorization that arrives late', async () => {
    expect(await service.refund()).toEqual(payment(200, { orderId: 'O1', status: 'VOIDED', amount: 0 }));
    expect(await service.authorize()).toEqual(problem(409, 'PAYMENT_CLOSED'));
    expect(service.done()).toEqual(['VOID 0']);
  });
});

describe('POST /payments/refund of what was captured', () => {
  beforeEach(async () => {
    await service.authorize();
    await service.capture();
  });

  it('gives everything back, once', async () => {
    const first = await service.refund({}, 'k1');
    expect(first).toEqual(payment(200, { status: 'REFUNDED', captured: 30, refunded: 30 }));
    for (const again of [service.refund(), service.refund({ amount: 30 }), service.refund({}, 'k1')]) {
      expect((await again).text).toBe(first.text);
    }
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'CAPTURE 3000', 'REFUND 3000']);
    expect((await service.eventTypes()).at(-1)).toBe('payment.refunded');
  });

  it('gives parts back, each key once, and never more than was captured', async () => {
    const part = await service.refund({ amount: 10.01 }, 'k1');
    expect(part).toEqual(payment(200, { status: 'PARTIALLY_REFUNDED', refunded: 10.01 }));
    expect((await service.refund({ amount: 10.01 }, 'k1')).text).toBe(part.text);
    expect(await service.refund({ amount: 10.01 }, 'k2')).toEqual(payment(200, { refunded: 20.02 }));
    expect(await service.refund({ amount: 9.99 }, 'k3')).toEqual(problem(409, 'AMOUNT_TOO_HIGH'));
    expect(await service.refund({ amount: 9.98 }, 'k4')).toEqual(payment(200, { status: 'REFUNDED', refunded: 30 }));
  });

  it('refuses a payment that is not there', async () => {
    expect(await service.refund(byPayment('P404'))).toEqual(problem(404, 'PAYMENT_NOT_FOUND'));
    expect(await service.refund({ paymentId: 'P404' })).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('a payment of an order that is shipped and returned in parts', () => {
  beforeEach(() => service.authorize());

  it('is captured once for each part (`ref`), and shows what is open', async () => {
    const first = await service.capture({ amount: 10.01, ref: 'parcel-1' });
    expect(first).toEqual(payment(200, { status: 'CAPTURED', captured: 10.01, open: 19.99 }));
    expect((await service.capture({ amount: 10.01, ref: 'parcel-1' })).text).toBe(first.text);
    expect(await service.capture({ amount: 20, ref: 'parcel-2' })).toEqual(problem(409, 'AMOUNT_TOO_HIGH'));
    expect(await service.capture({ amount: 19.99, ref: 'parcel-2' })).toEqual(payment(200, { captured: 30, open: 0 }));
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'CAPTURE 1001', 'CAPTURE 1999']);
  });

  it('is refunded once for each part, whatever key the request has', async () => {
    await service.capture({ amount: 20, ref: 'parcel-1' });
    const body = { amount: 5, ref: 'return-1', reason: 'too small' };
    const first = await service.refund(body, 'k1');
    expect(first).toEqual(payment(200, { status: 'PARTIALLY_REFUNDED', refunded: 5, open: 10 }));
    expect((await service.refund(body, 'k2')).text).toBe(first.text);
    expect(await service.refund({ ...body, amount: 6 })).toEqual(problem(409, 'PAYMENT_MISMATCH'));
    const { items } = (await service.get(`/payments/${first.body.id}/transactions`)).body;
    expect(items.at(-1)).toMatchObject({ type: 'REFUND', amount: 5, ref: 'return-1', reason: 'too small' });
  });

  it('takes nothing more once the order as a whole was given back', async () => {
    await service.capture({ amount: 20, ref: 'parcel-1' });
    await service.refund({ amount: 20, ref: 'return-1' });
    expect(await service.refund()).toEqual(payment(200, { status: 'REFUNDED', refunded: 20, open: 0 }));
    expect(await service.capture({ amount: 1, ref: 'parcel-2' })).toEqual(problem(409, 'PAYMENT_CLOSED'));
  });

  it('says when its provider captures it once only', async () => {
    await service.authorize({ orderId: 'O2', paymentMethod: 'tok_single_capture' });
    const { body } = await service.capture({ orderId: 'O2', amount: 10, ref: 'parcel-1' });
    expect(body).toMatchObject({ capturesOnce: true, captured: 10, open: 0 });
  });
});

describe('reading payments', () => {
  it('finds one by its id, and by its order', async () => {
    const { body } = await service.authorize();
    expect((await service.get(`/payments/${body.id}`)).body).toEqual(body);
    expect((await service.get('/payments?orderId=O1')).body).toEqual({ items: [body], nextCursor: null });
    expect((await service.get('/payments?orderId=O2')).body).toEqual({ items: [], nextCursor: null });
  });

  it('lists the newest order first, page by page', async () => {
    for (const orderId of ['O1', 'O2', 'O3']) await service.authorize({ orderId });
    const first = await service.get('/payments?limit=2');
    expect(first.body.items.map(({ orderId }: { orderId: string }) => orderId)).toEqual(['O3', 'O2']);
    expect(first.headers.link).toContain('rel="next"');
    const next = await service.get(`/payments?limit=2&cursor=${first.body.nextCursor}`);
    expect(next.body).toMatchObject({ items: [{ orderId: 'O1' }], nextCursor: null });
  });

  it('shows a ledger that adds up', async () => {
    const { id } = (await service.authorize()).body;
    await service.capture({ amount: 25.5 });
    await service.refund({ amount: 0.3, reason: 'scratched' });
    const { body } = await service.get(`/payments/${id}/transactions`);
    expect(body.items).toMatchObject([
      { type: 'AUTHORIZE', amount: 30, reference: expect.any(String) },
      { type: 'CAPTURE', amount: 25.5 },
      { type: 'REFUND', amount: 0.3, reason: 'scratched' },
    ]);
    expect(body).toMatchObject({ paymentId: id, captured: 25.5, refunded: 0.3 });
  });

  it('is 404 for an unknown payment', async () => {
    expect(await service.get('/payments/P404')).toEqual(problem(404, 'PAYMENT_NOT_FOUND'));
    expect(await service.get('/payments/P404/transactions')).toEqual(problem(404, 'PAYMENT_NOT_FOUND'));
    expect(await service.get('/payments/a%20b')).toEqual(problem(400, 'VALIDATION_FAILED'));
    expect(await service.delete('/payments/P404')).toEqual(problem(405, 'METHOD_NOT_ALLOWED'));
  });
});

describe('the log', () => {
  it('carries the order, and never the token', async () => {
    const lines: unknown[] = [];
    const log = { log: (...line: unknown[]) => void lines.push(line), info: () => {} };
    const at = await service.another({ log: log as unknown as PaymentParts['log'] });
    await service.authorize({}, undefined, at);
    await until(() => lines.length === 1);
    expect(lines[0]).toEqual(['info', 'request', expect.objectContaining({ orderId: 'O1' })]);
    expect(JSON.stringify(lines)).not.toContain('tok_visa');
  });
});

describe('money of another currency', () => {
  it.each([
    ['JPY', 5998, 1000, 5998],
    ['KWD', 5.998, 1.234, 5_998],
    ['IQD', 0.001, 0.001, 1],
  ])('is moved in the decimals of %s', async (currency, amount, part, cents) => {
    const authorized = await service.authorize({ amount, currency });
    expect(authorized).toEqual(payment(201, { amount, currency }));
    expect(service.done()).toEqual([`AUTHORIZE ${cents}`]);
    expect(await service.capture({})).toEqual(payment(200, { captured: amount, currency }));
    expect(await service.refund({ amount: part })).toEqual(payment(200, { refunded: part }));
    const ledger = (await service.get(`/payments/${authorized.body.id}/transactions`)).body;
    expect(ledger).toMatchObject({ captured: amount, refunded: part, currency });
    const { events } = (await service.get('/events')).body;
    expect(events).toMatchObject(
      [amount, amount, part].map((amount) => ({ dataVersion: 2, data: { amount, currency } })),
    );
  });

  it.each([
    [{ amount: 29.999 }],
    [{ amount: 10.5, currency: 'JPY' }],
    [{ amount: 1.2345, currency: 'KWD' }],
    [{ amount: 30, currency: 'QQQ' }],
    [{ amount: 30, currency: 'usd' }],
    [{ amount: 30, currency: 'XXX' }],
    [{ amount: 10_000_000_000_000.01 }],
    [{ amount: 1e300, currency: 'JPY' }],
  ])('is refused with decimals that its currency does not have: %j', async (change) => {
    expect(await service.authorize(change)).toEqual(problem(400, 'VALIDATION_FAILED'));
    expect(service.done()).toEqual([]);
  });

  it.each(['capture', 'refund'] as const)(
    'is refused in a %s with more decimals than the payment has',
    async (what) => {
      await service.authorize({ amount: 3000, currency: 'JPY' });
      if (what === 'refund') await service.capture({});
      const refused = await service[what]({ amount: 10.5 });
      expect(refused).toEqual(problem(400, 'VALIDATION_FAILED'));
      expect(refused.body.errors).toEqual([{ path: 'amount', message: 'has too many decimal places for JPY' }]);
      expect(await service.ofOrder()).toMatchObject({ refunded: 0 });
    },
  );

  it('is reported to the last unit when a refund is too high', async () => {
    await service.authorize({ amount: 3.5, currency: 'KWD' });
    const refused = await service.capture({ amount: 3.501 });
    expect(refused).toEqual(problem(409, 'AMOUNT_TOO_HIGH'));
    expect(refused.body).toMatchObject({ most: 3.5, currency: 'KWD', detail: 'Only 3.500 KWD is authorized.' });
  });

  it('can be as high as the largest order', async () => {
    const amount = 9_999_999_999_999.99;
    expect(await service.authorize({ amount })).toEqual(payment(201, { amount }));
    expect(await service.capture({ amount })).toEqual(payment(200, { captured: amount }));
    expect(await service.refund({ amount: 0.01 })).toEqual(payment(200, { refunded: 0.01 }));
    expect(await service.refund({})).toEqual(payment(200, { status: 'REFUNDED', refunded: amount }));
  });
});

describe('a payment from before currencies had their own decimals', () => {
  it('stays in hundredths', async () => {
    const old = {
      ...{ paymentId: 'PAY1', orderId: 'O1', status: 'AUTHORIZED', amountCents: 300_000, currency: 'JPY' },
      ...{ method: 'tok_visa', open: null, createdAt: 1, updatedAt: 1 },
      ledger: [{ id: 'O1:authorize', type: 'AUTHORIZE', amountCents: 300_000, at: 1, reference: 'ref' }],
    } as const;
    const put = [{ id: 'payment/O1', data: old as unknown as Payment, tags: { paymentId: 'PAY1' } }];
    await service.parts.store.write(['payment/O1'], undefined, () => ({ put }));
    expect(await service.authorize({ amount: 3000, currency: 'JPY' })).toEqual(
      payment(201, { id: 'PAY1', amount: 3000 }),
    );
    expect(await service.capture({ amount: 3000 })).toEqual(payment(200, { captured: 3000 }));
    expect(await service.refund({ amount: 1000 })).toEqual(payment(200, { refunded: 1000 }));
    const { events } = (await service.get('/events')).body;
    expect(events).toMatchObject([{ data: { amount: 3000, currency: 'JPY' } }, { data: { amount: 1000 } }]);
  });
});
