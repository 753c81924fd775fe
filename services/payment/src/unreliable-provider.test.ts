import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Answer, answer as payment, problem } from '../../../tests/support/answers.ts';
import { until } from '../../../tests/support/until.ts';
import { butFor, losing, PaymentService, replayed, unreliable } from '../test/payment-service.ts';
import { readConfig } from './config.ts';
import { type PaymentProvider, ProviderUnreachable } from './domain/provider.ts';
import { start } from './main.ts';

let service: PaymentService;
beforeEach(async () => {
  service = await PaymentService.start();
});
afterEach(() => service.stop());

const failed = problem(502, 'PROVIDER_ERROR');
const unavailable = problem(503, 'PROVIDER_UNAVAILABLE');
const closed = problem(409, 'PAYMENT_CLOSED');
const never = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('a provider that fails for one payment', () => {
  it('leaves the authorization pending, with no answer remembered, so that it can be undone', async () => {
    for (const key of ['k1', 'k1', undefined]) {
      expect(await service.authorize({ paymentMethod: 'tok_outage' }, key)).toEqual(failed);
    }
    expect(await service.ofOrder()).toMatchObject({ status: 'PENDING' });
    expect(await service.refund()).toEqual(payment(200, { status: 'VOIDED' }));
    expect(await service.authorize({ paymentMethod: 'tok_outage' }, 'k1')).toEqual(closed);
  });

  it('is waited for until its timeout, and counts as reachable while it answers a ping', async () => {
    const waited: number[] = [];
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      waited.push(ms);
      return AbortSignal.abort(new Error('too late'));
    });
    const authorize = (_asked: unknown, signal: AbortSignal) => Promise.reject(signal.reason);
    const provider = butFor(service.provider, { authorize });
    for (const providerTimeoutMs of [4_000, 300]) {
      const at = await service.another({ provider, providerTimeoutMs });
      expect(await service.authorize({}, undefined, at)).toEqual(failed);
    }
    timeout.mockRestore();
    expect(waited).toEqual([4_000, 500, 300, 300]);
  });

  it('before its timeout is not pinged', async () => {
    const fails = () => Promise.reject(new Error('out of order'));
    const at = await service.another({ provider: butFor(service.provider, { authorize: fails, ping: fails }) });
    expect(await service.authorize({}, undefined, at)).toEqual(failed);
  });
});

describe('a provider that takes longer than PROVIDER_TIMEOUT_MS', () => {
  it('is unavailable', async () => {
    const env = { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' };
    const running = await start(readConfig({ ...env, PROVIDER_TIMEOUT_MS: '1', PROVIDER_LATENCY_MS: '60000' }));
    const answer = await service.authorize({}, undefined, `http://127.0.0.1:${running.port}`);
    await running.stop();
    expect(answer).toEqual(unavailable);
  });
});

describe('a provider that cannot be reached', () => {
  it('is reported as unavailable, and no answer is remembered', async () => {
    const authorize = () => Promise.reject(new ProviderUnreachable('connect ECONNREFUSED'));
    const at = await service.another({ provider: butFor(service.provider, { authorize }) });
    const answer = await service.authorize({}, 'k1', at);
    expect(answer).toEqual(unavailable);
    expect(answer.headers['retry-after']).toBeDefined();
    expect(await service.authorize({}, 'k1')).toEqual(payment(201, { status: 'AUTHORIZED' }));
  });

  it.each([
    ['is silent, too', never],
    ['answers with an error', () => Promise.reject(new Error('out of order'))],
  ])('is unavailable after a timeout when, at a ping, it %s', async (_what, ping) => {
    const provider = butFor(service.provider, { authorize: (_asked, signal) => never(signal), ping });
    const at = await service.another({ provider, providerTimeoutMs: 20 });
    expect(await service.authorize({}, undefined, at)).toEqual(unavailable);
  });
});

describe('a lost answer', () => {
  it('to an authorization: a retry gets it, and there is one charge', async () => {
    expect(await service.authorize({ paymentMethod: 'tok_lost_answer' }, 'k1')).toEqual(failed);
    expect(await service.capture({}, 'k2')).toEqual(failed);
    expect(await service.authorize({ paymentMethod: 'tok_lost_answer' }, 'k1')).toEqual(
      payment(201, { status: 'AUTHORIZED' }),
    );
    expect(await service.capture({}, 'k2')).toEqual(payment(200, { status: 'CAPTURED' }));
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'CAPTURE 3000']);
  });

  it('to a capture: the money is taken once, and before it is refunded', async () => {
    const at = await service.another({ provider: losing(service.provider, 'capture') });
    await service.authorize();
    expect(await service.capture({}, 'k1', at)).toEqual(failed);
    expect(await service.refund({}, 'k2', at)).toEqual(failed);
    expect(await service.refund({}, 'k2')).toEqual(payment(200, { status: 'REFUNDED', captured: 30, refunded: 30 }));
    expect(await service.capture({}, 'k1')).toEqual(payment(200, { captured: 30, refunded: 30 }));
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'CAPTURE 3000', 'REFUND 3000']);
  });

  it('to a void: the payment is closed at once, and voided once', async () => {
    const at = await service.another({ provider: losing(service.provider, 'void') });
    await service.authorize();
    expect(await service.refund({}, 'k1', at)).toEqual(failed);
    expect(await service.capture()).toEqual(closed);
    expect(await service.refund({}, 'k1')).toEqual(payment(200, { status: 'VOIDED' }));
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'VOID 3000']);
  });

  it('to a partial refund: the other partial refunds wait for it, and each happens once', async () => {
    const at = await service.another({ provider: losing(service.provider, 'refund') });
    await service.authorize();
    await service.capture();
    expect(await service.refund({ amount: 10 }, 'k1', at)).toEqual(failed);
    expect(await service.refund({ amount: 10 }, 'k2')).toEqual(payment(200, { refunded: 20 }));
    expect(await service.refund({ amount: 10 }, 'k1')).toEqual(payment(200, { refunded: 20 }));
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'CAPTURE 3000', 'REFUND 1000', 'REFUND 1000']);
  });
});

describe('a process that dies between intent and answer', () => {
  it.each(['k1', 'k2', undefined])(
    'leaves an authorization that another process finishes, with key %s',
    async (key) => {
      const { wire, provider } = unreliable(service.provider, 'authorize');
      const dying = await service.another({ provider });
      const abandoned = service.authorize({}, 'k1', dying);
      await until(() => wire.requests === 1);
      const { id, status } = await service.ofOrder();
      expect(status).toBe('PENDING');

      const answer = await service.authorize({}, key);
      expect(answer).toEqual(payment(201, { id, status: 'AUTHORIZED' }));
      wire.letGo();
      await abandoned;
      expect((await service.authorize({}, 'k1')).text).toBe(answer.text);
      expect(service.done()).toEqual(['AUTHORIZE 3000']);
      expect(await service.eventTypes()).toEqual(['payment.authorized']);
    },
  );

  it('leaves a partial refund that another process finishes, once', async () => {
    await service.authorize();
    await service.capture();
    const { wire, provider } = unreliable(service.provider, 'refund');
    const dying = await service.another({ provider });
    const abandoned = service.refund({ amount: 10 }, 'k1', dying);
    await until(() => wire.requests === 1);

    const answer = await service.refund({ amount: 10 }, 'k1');
    expect(answer).toEqual(payment(200, { status: 'PARTIALLY_REFUNDED', refunded: 10 }));
    wire.letGo();
    expect((await abandoned).text).toBe(answer.text);
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'CAPTURE 3000', 'REFUND 1000']);
  });
});

describe('a void that overtakes the authorization', () => {
  it('and reaches the provider before it: the charge is never made', async () => {
    const { wire, provider } = unreliable(service.provider, 'authorize');
    const slow = await service.another({ provider });
    const overtaken = service.authorize({}, 'k1', slow);
    await until(() => wire.requests === 1);

    expect(await service.refund()).toEqual(payment(200, { status: 'VOIDED' }));
    wire.letGo();
    const answer = await overtaken;
    expect(answer).toEqual(closed);
    expect((await service.authorize({}, 'k1')).text).toBe(answer.text);
    expect(service.done()).toEqual(['VOID 0']);
    expect(await service.ofOrder()).toMatchObject({ status: 'VOIDED' });
  });

  it('and reaches the provider after it: the hold is given up', async () => {
    const { wire, provider } = unreliable(service.provider, 'void');
    const slow = await service.another({ provider });
    expect(await service.authorize({ paymentMethod: 'tok_lost_answer' }, 'k1')).toEqual(failed);
    const voiding = service.refund({}, 'k2', slow);
    await until(() => wire.requests === 1);

    expect(await service.authorize({ paymentMethod: 'tok_lost_answer' }, 'k1')).toEqual(closed);
    wire.letGo();
    expect(await voiding).toEqual(payment(200, { status: 'VOIDED' }));
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'VOID 3000']);
  });
});

describe('a capture that the provider refuses', () => {
  it('leaves the payment authorized, to be voided', async () => {
    const refusing: PaymentProvider = unreliable(service.provider, 'void').provider;
    refusing.capture = async () => ({ kind: 'declined', reason: 'expired' });
    const at = await service.another({ provider: refusing });
    await service.authorize();
    expect(await service.capture({}, 'k1', at)).toEqual(problem(402, 'PAYMENT_DECLINED'));
    expect(await service.ofOrder()).toMatchObject({ status: 'AUTHORIZED', captured: 0 });
    expect(await service.refund()).toEqual(payment(200, { status: 'VOIDED' }));
  });
});

describe('many requests at the same moment', () => {
  const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
  const inOneWord = ({ status, text }: { status: number; text: string }) => `${status} ${text}`;

  /** Sends one request for each key. The provider answers only when all have reached it. */
  async function together(kind: 'authorize' | 'refund', send: (key: string, at: string) => PromiseLike<Answer>) {
    const { wire, provider } = unreliable(service.provider, kind);
    const slow = await service.another({ provider });
    const answers = Promise.all(keys.map((key) => send(key, slow)));
    await until(() => wire.requests === keys.length);
    wire.letGo();
    return answers;
  }

  it('with one key get the same answer, byte for byte, and there is one charge', async () => {
    const answers = await together('authorize', (_, at) => service.authorize({}, 'k1', at));
    expect(new Set(answers.map(inOneWord)).size).toBe(1);
    expect(answers.filter((answer) => !replayed(answer))).toHaveLength(1);
    expect(service.done()).toEqual(['AUTHORIZE 3000']);
    expect(await service.eventTypes()).toEqual(['payment.authorized']);
  });

  it('with one key get the same decline, byte for byte', async () => {
    const paymentMethod = 'tok_declined';
    const answers = await together('authorize', (_, at) => service.authorize({ paymentMethod }, 'k1', at));
    expect(new Set(answers.map(inOneWord)).size).toBe(1);
    expect(answers[0]).toEqual(problem(402, 'PAYMENT_DECLINED'));
  });

  it('with different keys get the one payment of the order', async () => {
    const answers = await together('authorize', (key, at) => service.authorize({}, key, at));
    expect(new Set(answers.map(inOneWord)).size).toBe(1);
    expect(service.done()).toEqual(['AUTHORIZE 3000']);
  });

  it('refund everything once', async () => {
    await service.authorize();
    await service.capture();
    const answers = await together('refund', (key, at) => service.refund({}, key, at));
    expect(new Set(answers.map(inOneWord)).size).toBe(1);
    expect(service.done()).toEqual(['AUTHORIZE 3000', 'CAPTURE 3000', 'REFUND 3000']);
  });

  it('for partial refunds never refund more than was captured', async () => {
    await service.authorize();
    await service.capture();
    const answers = await together('refund', (key, at) => service.refund({ amount: 2.5 }, key, at));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(12);
    expect(answers.filter(({ body }) => body.code === 'AMOUNT_TOO_HIGH')).toHaveLength(8);
    expect(service.done().filter((entry) => entry === 'REFUND 250')).toHaveLength(12);
  });

  it('to capture and to refund leave the payment voided, or captured and refunded', async () => {
    await service.authorize();
    await Promise.all([service.capture({}, 'k1'), service.refund({}, 'k2'), service.authorize({}, 'k3')]);
    const { status, captured, refunded } = await service.ofOrder();
    expect(['VOIDED', 'REFUNDED']).toContain(status);
    expect(captured).toBe(refunded);
  });
});
