import { describe, expect, it } from '@jest/globals';
import {
  authorize,
  capture,
  centsIn,
  conclude,
  type Decision,
  leftToCapture,
  type Payment,
  refund,
  refundPart,
  refusalOf,
  total,
} from './payment.ts';

const request = { orderId: 'O1', amountCents: 3000, currency: 'USD', method: 'tok_visa' };
const done = { kind: 'done', reference: 'ref' } as const;
const no = { kind: 'declined', reason: 'card_declined' } as const;

const authorizing = (known?: Payment, change = {}) => authorize(known, { ...request, ...change }, 'P1', 1);
const capturing = (known: Payment | undefined, cents?: number, ref?: string) =>
  capture(known, { orderId: 'O1', cents, ref }, 2);
const refundingPart = (known: Payment | undefined, ref: string, cents?: number) =>
  refundPart(known, { orderId: 'O1', cents, ref, reason: 'broken' }, 3);
const refunding = (known: Payment | undefined, cents?: number, refundId = 'r1') =>
  refund(known, { orderId: 'O1', cents, reason: 'broken' }, { paymentId: 'P9', refundId }, 3);

/** The payment after the provider's answer to a decision. */
function then(decision: Decision, outcome: typeof done | typeof no = done): Payment {
  if (decision.next !== 'ask') throw new Error(`nothing to ask: ${decision.next}`);
  return conclude(decision.payment, decision.intent.id, outcome, 9);
}
const open = (decision: Decision): Payment => decision.payment;
const refusal = (code: string, status = 409) => expect.objectContaining({ code, status });

const pending = open(authorizing());
const authorized = then(authorizing());
const declined = then(authorizing(), no);
const voided = then(refunding(authorized));
const captured = then(capturing(authorized));
const partly = then(refunding(captured, 1000));
const refunded = then(refunding(partly, undefined, 'r2'));

describe('an order that was never paid', () => {
  it('is authorized by the provider, under a key derived from the order', () => {
    expect(authorizing()).toMatchObject({
      next: 'ask',
      intent: { id: 'O1:authorize', type: 'AUTHORIZE', amountCents: 3000 },
      payment: { paymentId: 'P1', status: 'PENDING', ledger: [], open: { id: 'O1:authorize' } },
    });
  });
  it('has nothing to capture', () => expect(() => capturing(undefined)).toThrow(refusal('PAYMENT_NOT_FOUND', 404)));
  it('is closed by a refund of any amount that arrives first', () => {
    const closed = then(refunding(undefined, 500));
    expect(closed).toMatchObject({
      paymentId: 'P9',
      status: 'VOIDED',
      amountCents: 0,
      currency: 'XXX',
      method: 'none',
    });
    expect(() => authorizing(closed)).toThrow(refusal('PAYMENT_CLOSED'));
  });
});

describe('a payment whose authorization has no answer yet', () => {
  it('goes on with the same intent when authorized again', () =>
    expect(authorizing(pending)).toEqual({ next: 'ask', payment: pending, intent: pending.open }));
  it('cannot be captured yet, but may be later', () =>
    expect(() => capturing(pending)).toThrow(refusal('PROVIDER_ERROR', 502)));
  it('can be voided', () => expect(then(refunding(pending)).status).toBe('VOIDED'));
  it('is authorized when the provider agrees', () =>
    expect(authorized).toMatchObject({
      status: 'AUTHORIZED',
      open: null,
      updatedAt: 9,
      ledger: [{ id: 'O1:authorize', type: 'AUTHORIZE', amountCents: 3000, at: 9, reference: 'ref' }],
    }));
  it('is declined, with the reason, when the provider refuses', () => {
    expect(declined).toMatchObject({ status: 'DECLINED', ledger: [{ type: 'DECLINE', reason: 'card_declined' }] });
    expect(refusalOf(declined, 'O1:authorize')).toMatchObject({
      status: 402,
      code: 'PAYMENT_DECLINED',
      details: { reason: 'card_declined', orderId: 'O1', paymentId: 'P1' },
    });
  });
});

describe('an authorized payment', () => {
  it('is the same again when authorized again', () =>
    expect(authorizing(authorized)).toEqual({ next: 'answer', payment: authorized }));
  it.each([{ amountCents: 2999 }, { currency: 'EUR' }, { method: 'credit_card' }])(
    'is not another one when authorized with %j',
    (change) => expect(() => authorizing(authorized, change)).toThrow(refusal('PAYMENT_MISMATCH')),
  );
  it('is captured as a whole', () => expect(total(captured, 'CAPTURE')).toBe(3000));
  it('is captured in part', () => expect(total(then(capturing(authorized, 1200)), 'CAPTURE')).toBe(1200));
  it('is not captured beyond its amount, and says what that is', () =>
    expect(() => capturing(authorized, 3001)).toThrow(
      expect.objectContaining({
        ...{ code: 'AMOUNT_TOO_HIGH', details: { most: 30, currency: 'USD' } },
        message: 'Only 30.00 USD is authorized.',
      }),
    ));
  it('stays authorized when the provider refuses the capture, and says so again', () => {
    const refused = then(capturing(authorized), no);
    expect(refused.status).toBe('AUTHORIZED');
    expect(total(refused, 'CAPTURE')).toBe(0);
    expect(() => capturing(refused)).toThrow(refusal('PAYMENT_DECLINED', 402));
  });
  it.each([undefined, 100, 3000])('is voided as a whole by a refund of %s', (cents) => {
    const closed = then(refunding(authorized, cents));
    expect(closed).toMatchObject({ status: 'VOIDED' });
    expect(closed.ledger.at(-1)).toMatchObject({ id: 'O1:void', type: 'VOID', amountCents: 3000, reason: 'broken' });
  });
  it('is not refunded beyond its amount', () =>
    expect(() => refunding(authorized, 3001)).toThrow('Only 30.00 USD is authorized.'));
});

describe('a payment that is being voided', () => {
  const voiding = open(refunding(pending));
  it('is closed for an authorization', () => expect(() => authorizing(voiding)).toThrow(refusal('PAYMENT_CLOSED')));
  it('is closed for a capture', () => expect(() => capturing(voiding)).toThrow(refusal('PAYMENT_CLOSED')));
  it('goes on with the same void when refunded again', () =>
    expect(refunding(voiding)).toEqual({ next: 'ask', payment: voiding, intent: voiding.open }));
  it('ignores the answer to the authorization that it replaced, and refuses that', () => {
    expect(conclude(voiding, 'O1:authorize', done, 5)).toBe(voiding);
    expect(refusalOf(voiding, 'O1:authorize')).toEqual(refusal('PAYMENT_CLOSED'));
  });
});

describe('a voided payment', () => {
  it('refuses to be authorized', () => expect(() => authorizing(voided)).toThrow(refusal('PAYMENT_CLOSED')));
  it('refuses to be captured', () => expect(() => capturing(voided)).toThrow(refusal('PAYMENT_CLOSED')));
  it('is the same when refunded again', () =>
    expect(refunding(voided, 99_999)).toEqual({ next: 'answer', payment: voided }));
});

describe('a declined payment', () => {
  it('is declined again', () => expect(() => authorizing(declined)).toThrow(refusal('PAYMENT_DECLINED', 402)));
  it('refuses to be captured', () => expect(() => capturing(declined)).toThrow(refusal('PAYMENT_CLOSED')));
  it('has nothing to give back', () => expect(refunding(declined)).toEqual({ next: 'answer', payment: declined }));
});

describe('a payment that is being captured', () => {
  const taking = open(capturing(authorized, 1200));
  it('goes on with the same capture when captured again', () =>
    expect(capturing(taking, 1200)).toEqual({ next: 'ask', payment: taking, intent: taking.open }));
  it('refuses another amount', () => expect(() => capturing(taking, 1300)).toThrow(refusal('PAYMENT_MISMATCH')));
  it('is finished before it is refunded', () =>
    expect(refunding(taking)).toEqual({ next: 'finish first', payment: taking, intent: taking.open }));
  it('stays authorized', () => expect(authorizing(taking)).toEqual({ next: 'answer', payment: taking }));
});

describe('a captured payment', () => {
  it('is the same when captured again', () =>
    expect(capturing(captured)).toEqual({ next: 'answer', payment: captured }));
  it('refuses another amount', () => expect(() => capturing(captured, 1)).toThrow(refusal('PAYMENT_MISMATCH')));
  it('applies an answer that comes twice only once', () =>
    expect(conclude(captured, 'O1:capture', done, 99)).toBe(captured));
  it('is refunded in parts', () => {
    expect(partly).toMatchObject({ status: 'PARTIALLY_REFUNDED' });
    expect(total(partly, 'REFUND')).toBe(1000);
  });
  it('is refunded as a whole', () => expect(then(refunding(captured)).status).toBe('REFUNDED'));
  it('never gives back more than is left', () => {
    expect(() => refunding(captured, 3001)).toThrow(refusal('AMOUNT_TOO_HIGH'));
    expect(() => refunding(partly, 2001)).toThrow(refusal('AMOUNT_TOO_HIGH'));
  });
  it('finishes one refund before it begins the next', () => {
    const returning = open(refunding(captured, 1000));
    expect(refunding(returning, 1000, 'r2')).toEqual({
      next: 'finish first',
      payment: returning,
      intent: { id: 'O1:refund:r1', type: 'REFUND', amountCents: 1000, reason: 'broken' },
    });
  });
  it('keeps its money when the provider refuses a refund, and can be refunded later', () => {
    const refused = then(refunding(captured), no);
    expect(refused.status).toBe('CAPTURED');
    expect(refusalOf(refused, 'O1:refund:r1')).toEqual(refusal('PAYMENT_DECLINED', 402));
    expect(then(refunding(refused, undefined, 'r2')).status).toBe('REFUNDED');
  });
});

describe('a refunded payment', () => {
  it('has returned exactly the captured amount', () => {
    expect(refunded).toMatchObject({ status: 'REFUNDED' });
    expect([total(refunded, 'CAPTURE'), total(refunded, 'REFUND')]).toEqual([3000, 3000]);
    expect(refunded.ledger.map(({ type }) => type)).toEqual(['AUTHORIZE', 'CAPTURE', 'REFUND', 'REFUND']);
  });
  it.each([undefined, 3000])('is the same when refunded again by %s', (cents) =>
    expect(refunding(refunded, cents, 'r3')).toEqual({ next: 'answer', payment: refunded }),
  );
  it('cannot be refunded further', () => expect(() => refunding(refunded, 1)).toThrow(refusal('AMOUNT_TOO_HIGH')));
  it('refuses to be authorized or captured again', () => {
    expect(() => authorizing(refunded)).toThrow(refusal('PAYMENT_CLOSED'));
    expect(() => capturing(refunded)).toThrow(refusal('PAYMENT_CLOSED'));
  });
});

describe('a payment that is captured in parts', () => {
  const first = then(capturing(authorized, 1000, 'p1'));
  const both = then(capturing(first, 500, 'p2'));

  it('takes each part once, under its own name, and shows what is left', () => {
    expect(both.ledger.map(({ id, amountCents, ref }) => [id, amountCents, ref])).toEqual([
      ['O1:authorize', 3000, undefined],
      ['O1:capture#p1', 1000, 'p1'],
      ['O1:capture#p2', 500, 'p2'],
    ]);
    expect([total(both, 'CAPTURE'), leftToCapture(both), both.status]).toEqual([1500, 1500, 'CAPTURED']);
    expect(capturing(both, 1000, 'p1')).toEqual({ next: 'answer', payment: both });
    expect(() => capturing(both, 999, 'p1')).toThrow('Order O1 already has a capture of 10.');
  });
  it('takes all that is left without an amount, and never more', () => {
    expect(total(then(capturing(both, undefined, 'p3')), 'CAPTURE')).toBe(3000);
    expect(() => capturing(both, 1501, 'p3')).toThrow('Only 15.00 USD is left to capture.');
    const whole = then(capturing(both));
    expect(() => capturing(whole, undefined, 'p4')).toThrow(refusal('AMOUNT_TOO_HIGH'));
    expect(leftToCapture(whole)).toBe(0);
  });
  it('finishes one part before it begins the next', () => {
    const taking = open(capturing(first, 500, 'p2'));
    expect(capturing(taking, 500, 'p3')).toMatchObject({ next: 'finish first', intent: { id: 'O1:capture#p2' } });
    expect(refundingPart(taking, 'r1', 100)).toMatchObject({ next: 'finish first', intent: { id: 'O1:capture#p2' } });
  });
  it('can be captured further after a part was given back, but not after all was', () => {
    const back = then(refundingPart(first, 'r1', 1000));
    expect(back.status).toBe('REFUNDED');
    expect(then(capturing(back, 500, 'p2')).status).toBe('PARTIALLY_REFUNDED');
    expect(() => capturing(then(refunding(first)), 500, 'p2')).toThrow(refusal('PAYMENT_CLOSED'));
    expect(leftToCapture(then(refunding(first)))).toBe(0);
  });
  it('has nothing to take while it is declined or voided', () =>
    expect([declined, voided].map(leftToCapture)).toEqual([0, 0]));
});

describe('a payment that the provider captures once only', () => {
  const once = conclude(open(authorizing()), 'O1:authorize', { ...done, capturesOnce: true }, 9);

  it('has nothing left after that', () => {
    expect(leftToCapture(once)).toBe(3000);
    const part = then(capturing(once, 1000, 'p1'));
    expect(leftToCapture(part)).toBe(0);
    expect(capturing(part, 1000, 'p1')).toEqual({ next: 'answer', payment: part });
    expect(() => capturing(part, 1, 'p2')).toThrow(refusal('AMOUNT_TOO_HIGH'));
  });
});

describe('a refund of a part', () => {
  const part = then(refundingPart(captured, 'r1', 700));

  it('is given once, under its own name', () => {
    expect(part.ledger.at(-1)).toMatchObject({ id: 'O1:refund#r1', amountCents: 700, ref: 'r1', reason: 'broken' });
    expect(refundingPart(part, 'r1', 700)).toEqual({ next: 'answer', payment: part });
    expect(refundingPart(part, 'r1')).toEqual({ next: 'answer', payment: part });
    expect(() => refundingPart(part, 'r1', 701)).toThrow(refusal('PAYMENT_MISMATCH'));
  });
  it('gives all that is left without an amount, and never more', () => {
    expect(then(refundingPart(part, 'r2')).status).toBe('REFUNDED');
    expect(() => refundingPart(part, 'r2', 2301)).toThrow('Only 23.00 USD is left to refund.');
    expect(() => refundingPart(authorized, 'r2')).toThrow(refusal('AMOUNT_TOO_HIGH'));
    expect(() => refundingPart(undefined, 'r2')).toThrow(refusal('PAYMENT_NOT_FOUND', 404));
  });
  it('that the provider refused can be tried again', () => {
    const refused = then(refundingPart(captured, 'r1', 700), no);
    const again = refundingPart(refused, 'r1', 700);
    expect(again).toMatchObject({ next: 'ask', intent: { id: 'O1:refund#r1#2' } });
    expect(refundingPart(then(again), 'r1', 700)).toMatchObject({ next: 'answer' });
    expect(total(then(again), 'REFUND')).toBe(700);
  });
});

describe('the amount in a request', () => {
  const inYen = { ...(authorizing() as { payment: Payment }).payment, currency: 'JPY', decimals: 0 };

  it('has the decimals of the payment', () => {
    expect(centsIn(inYen, 30)).toBe(30);
    expect(centsIn({ ...inYen, decimals: 3 }, 1.234)).toBe(1234);
    expect(centsIn({ ...inYen, decimals: undefined }, 30)).toBe(3000);
  });

  it('is refused with more decimals than the payment has', () =>
    expect(() => centsIn(inYen, 10.5)).toThrow(
      expect.objectContaining({
        ...{ status: 400, code: 'VALIDATION_FAILED', message: 'amount: has too many decimal places for JPY' },
        details: { errors: [{ path: 'amount', message: 'has too many decimal places for JPY' }] },
      }),
    ));

  it('is undefined without an amount or without a payment', () =>
    expect([centsIn(inYen, undefined), centsIn(undefined, 30)]).toEqual([undefined, undefined]));
});
