import { describe, expect, it } from '@jest/globals';
import { SimulatedProvider } from './simulated-provider.ts';

const testing = { latencyMs: 0, testTokens: true };
const { signal } = new AbortController();
const authorization = (method: string, key = 'O1:authorize') => ({ key, amountCents: 3000, currency: 'USD', method });
const movement = (key: string, amountCents: number) => ({ key, authorization: 'O1:authorize', amountCents });
const done = { kind: 'done', reference: expect.stringMatching(/^sim_[0-9a-f]{24}$/) };

describe('the simulated provider', () => {
  it.each(['credit_card', 'debit_card', 'paypal', 'tok_visa'])(
    'charges %s, with or without test tokens',
    async (method) => {
      for (const testTokens of [true, false]) {
        const provider = new SimulatedProvider({ latencyMs: 0, testTokens });
        expect(await provider.authorize(authorization(method), signal)).toEqual(done);
      }
    },
  );

  it.each(['failing_payment_method', 'tok_of_some_other_kind', 'none', 'constructor', 'CREDIT_CARD'])(
    'declines %s, which it does not know',
    async (method) => {
      const answer = await new SimulatedProvider(testing).authorize(authorization(method), signal);
      expect(answer).toEqual({ kind: 'declined', reason: 'unknown_payment_method' });
    },
  );

  it.each(['tok_declined', 'tok_insufficient_funds', 'tok_lost_answer', 'tok_outage'])(
    'declines %s where there are no test tokens: it is unknown there',
    async (method) => {
      const provider = new SimulatedProvider({ latencyMs: 0, testTokens: false });
      const answer = await provider.authorize(authorization(method), signal);
      expect(answer).toEqual({ kind: 'declined', reason: 'unknown_payment_method' });
    },
  );

  it.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
  ])('declines %s: %s', async (method, reason) => {
    const provider = new SimulatedProvider(testing);
    const declined = { kind: 'declined', reason };
    expect(await provider.authorize(authorization(method), signal)).toEqual(declined);
    expect(await provider.authorize(authorization(method), signal)).toEqual(declined);
  });

  it('captures an authorization several times, but one of tok_single_capture once', async () => {
    const provider = new SimulatedProvider(testing);
    await provider.authorize(authorization('tok_visa'), signal);
    for (const key of ['c1', 'c2']) expect(await provider.capture(movement(key, 1000), signal)).toEqual(done);
    const once = new SimulatedProvider(testing);
    expect(await once.authorize(authorization('tok_single_capture'), signal)).toEqual({ ...done, capturesOnce: true });
    const first = await once.capture(movement('c1', 1000), signal);
    expect(await once.capture(movement('c1', 1000), signal)).toEqual(first);
    expect(await once.capture(movement('c2', 1000), signal)).toEqual({ kind: 'declined', reason: 'already_captured' });
  });

  it('carries out requests with the same key once, and gives the same answer again', async () => {
    const provider = new SimulatedProvider(testing);
    const first = await provider.authorize(authorization('tok_visa'), signal);
    expect(await provider.authorize(authorization('tok_visa'), signal)).toEqual(first);
    await provider.capture(movement('c', 3000), signal);
    await provider.capture(movement('c', 3000), signal);
    await provider.refund(movement('r', 2000), signal);
    await provider.refund(movement('r', 2000), signal);
    expect(provider.entriesOf('O1:authorize').map(({ type, amountCents }) => [type, amountCents])).toEqual([
      ['AUTHORIZE', 3000],
      ['CAPTURE', 3000],
      ['REFUND', 2000],
    ]);
  });

  it('gives a charge the same reference after a restart: it is derived from the key', async () => {
    const [before, after] = await Promise.all(
      [1, 2].map(() => new SimulatedProvider(testing).authorize(authorization('tok_visa'), signal)),
    );
    expect(after).toEqual(before);
  });

  it('charges tok_lost_answer and loses the first answer', async () => {
    const provider = new SimulatedProvider(testing);
    await expect(provider.authorize(authorization('tok_lost_answer'), signal)).rejects.toThrow('was lost');
    expect(provider.entriesOf('O1:authorize')).toHaveLength(1);
    expect(await provider.authorize(authorization('tok_lost_answer'), signal)).toEqual(done);
    expect(provider.entriesOf('O1:authorize')).toHaveLength(1);
  });

  it('fails for tok_outage at every attempt, but accepts the void', async () => {
    const provider = new SimulatedProvider(testing);
    for (const _ of [1, 2, 3]) {
      await expect(provider.authorize(authorization('tok_outage'), signal)).rejects.toThrow('the provider failed');
    }
    expect(provider.entriesOf('O1:authorize')).toEqual([]);
    expect(await provider.void({ key: 'v', authorization: 'O1:authorize' }, signal)).toEqual(done);
  });

  it('declines a request that comes after the void', async () => {
    const provider = new SimulatedProvider(testing);
    await provider.void({ key: 'v', authorization: 'O1:authorize' }, signal);
    const declined = { kind: 'declined', reason: 'voided' };
    expect(await provider.authorize(authorization('tok_visa'), signal)).toEqual(declined);
    expect(await provider.capture(movement('c', 3000), signal)).toEqual(declined);
  });

  it('never refunds more than was authorized', async () => {
    const provider = new SimulatedProvider(testing);
    await provider.authorize(authorization('tok_visa'), signal);
    await provider.capture(movement('c', 3000), signal);
    await provider.refund(movement('r1', 2000), signal);
    expect(await provider.refund(movement('r2', 1001), signal)).toEqual({
      kind: 'declined',
      reason: 'more_than_authorized',
    });
    expect(await provider.refund(movement('r3', 1000), signal)).toEqual(done);
  });

  it('refunds what was captured before it was restarted', async () => {
    expect(await new SimulatedProvider(testing).refund(movement('r', 2000), signal)).toEqual(done);
  });

  it('refunds a part that another replica captured', async () => {
    const [one, other] = [new SimulatedProvider(testing), new SimulatedProvider(testing)];
    await one.authorize(authorization('tok_visa'), signal);
    await one.capture(movement('c1', 1000), signal);
    await other.capture(movement('c2', 2000), signal);
    expect(await one.refund(movement('r', 2000), signal)).toEqual(done);
  });

  it('does not void what was captured', async () => {
    const provider = new SimulatedProvider(testing);
    await provider.capture(movement('c', 3000), signal);
    await expect(provider.void({ key: 'v', authorization: 'O1:authorize' }, signal)).rejects.toThrow('only refunded');
  });

  it('forgets the oldest authorizations', async () => {
    const provider = new SimulatedProvider({ ...testing, mostAccounts: 2 });
    for (const key of ['a', 'b', 'c']) await provider.authorize(authorization('tok_visa', key), signal);
    expect(['a', 'b', 'c'].map((key) => provider.entriesOf(key).length)).toEqual([0, 1, 1]);
  });

  it('has charged even if the caller gave up waiting', async () => {
    const provider = new SimulatedProvider({ ...testing, latencyMs: 60_000 });
    const soon = AbortSignal.timeout(5);
    await expect(provider.authorize(authorization('tok_visa'), soon)).rejects.toThrow('aborted');
    expect(provider.entriesOf('O1:authorize')).toHaveLength(1);
  });
});
