import { describe, expect, it } from '@jest/globals';
import { NoAnswer, Refusal } from '@oms/shared/errors';
import fc from 'fast-check';
import {
  authorize,
  capture,
  conclude,
  type Decision,
  type Intent,
  leftToCapture,
  type Payment,
  refund,
  refundPart,
  total,
} from './payment.ts';
import type { ProviderAnswer } from './provider.ts';

type Request =
  | { kind: 'authorize' | 'capture' | 'refund'; cents?: number | undefined; ref?: string | undefined }
  /** The provider answers one of the requests under way: the last one, the one before it, … */
  | { kind: 'answer'; back: number; declines: boolean };

const cents = fc.integer({ min: 1, max: 12 });
/** Several parts of an order, and the order as a whole. */
const ref = fc.constantFrom('a', 'b', 'c', undefined);
const wanted = (kind: 'authorize' | 'capture' | 'refund', of: fc.Arbitrary<number>) =>
  fc.record({ kind: fc.constant(kind), cents: fc.option(of, { nil: undefined }), ref });
/** Most requests are answered at once, and with yes: otherwise few payments would come far. */
const request: fc.Arbitrary<Request> = fc.oneof(
  wanted('authorize', fc.constantFrom(10, 10, 10, 7)),
  wanted('capture', cents),
  wanted('refund', cents),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      back: fc.constantFrom(0, 0, 0, 1, 2),
      declines: fc.constantFrom(false, false, false, true),
    }),
  },
);
const requests = fc.array(request, { maxLength: 30, size: 'max' });

/** One payment, its clients and its provider, which answers at any time, the same request with the same answer. */
class Payments {
  payment: Payment | undefined;
  readonly #questions: Intent[] = [];
  readonly #answers = new Map<string, ProviderAnswer>();
  #refunds = 0;

  /** True if it was carried out, or may still be. */
  request(one: Request): boolean {
    if (one.kind === 'answer') {
      this.answer(this.#questions.at(-1 - one.back), one.declines);
      return true;
    }
    try {
      this.#follow(this.#decide(one));
      return true;
    } catch (error) {
      if (error instanceof Refusal || error instanceof NoAnswer) return false;
      throw error;
    }
  }

  answer(question: Intent | undefined, declines: boolean): void {
    if (!question || !this.payment) return;
    const { id, type } = question;
    const said = this.#answers.get(id) ?? this.#firstAnswer(type, declines);
    this.#answers.set(id, said);
    this.payment = Object.freeze(conclude(this.payment, id, said, 1));
  }

  /** Repeats requests until nothing is open, as clients and the order service do. */
  settle(one: Request): void {
    for (let round = 0; round < 5; round++) {
      this.request(one);
      if (!this.payment?.open) return;
      this.answer(this.payment.open, false);
    }
  }

  #decide({ kind, cents, ref }: Exclude<Request, { kind: 'answer' }>): Decision {
    const known = this.payment;
    if (kind === 'authorize') {
      return authorize(known, { orderId: 'O', amountCents: cents ?? 10, currency: 'USD', method: 'tok' }, 'P', 1);
    }
    if (kind === 'capture') return capture(known, { orderId: 'O', cents, ref }, 1);
    if (ref !== undefined) return refundPart(known, { orderId: 'O', cents, ref, reason: undefined }, 1);
    const ids = { paymentId: 'P', refundId: String(++this.#refunds) };
    return refund(known, { orderId: 'O', cents, reason: undefined }, ids, 1);
  }

  #follow(decision: Decision): void {
    if (decision.next === 'finish first') return;
    this.payment = Object.freeze(decision.payment);
    if (decision.next === 'ask') this.#questions.push(decision.intent);
  }

  /** A void is never declined, and nothing is captured after it. */
  #firstAnswer(type: Intent['type'], declines: boolean): ProviderAnswer {
    const isGone = type !== 'VOID' && this.#answers.has('O:void');
    return isGone || (declines && type !== 'VOID')
      ? { kind: 'declined', reason: 'no' }
      : { kind: 'done', reference: 'r' };
  }
}

const afterEachWish = (check: (payment: Payment, before: Payment | undefined, one: Request, was: boolean) => void) =>
  fc.assert(
    fc.property(requests, (all) => {
      const payments = new Payments();
      for (const one of all) {
        const before = payments.payment;
        const was = payments.request(one);
        if (payments.payment) check(payments.payment, before, one, was);
      }
    }),
    { numRuns: 500 },
  );

const count = ({ ledger }: Payment, type: string) => ledger.filter((line) => line.type === type).length;

describe('a payment, whatever is requested, and whenever the provider answers', () => {
  it('never takes more than was authorized, and never gives back more than it took', () => {
    afterEachWish((payment) => {
      const [captured, refunded] = [total(payment, 'CAPTURE'), total(payment, 'REFUND')];
      expect([refunded <= captured, captured <= payment.amountCents]).toEqual([true, true]);
      expect(captured === 0 || total(payment, 'AUTHORIZE') === payment.amountCents).toBe(true);
    });
  });

  it('is authorized, voided, and captured for each part at most once, and never both captured and voided', () => {
    afterEachWish((payment) => {
      const { ledger } = payment;
      for (const type of ['AUTHORIZE', 'VOID']) expect(count(payment, type)).toBeLessThanOrEqual(1);
      const captured = ledger.filter(({ type }) => type === 'CAPTURE').map(({ ref }) => ref);
      expect(new Set(captured).size).toBe(captured.length);
      expect(leftToCapture(payment)).toBeLessThanOrEqual(payment.amountCents - total(payment, 'CAPTURE'));
      expect(count(payment, 'VOID') * count(payment, 'CAPTURE')).toBe(0);
      expect(new Set(ledger.map(({ id }) => id)).size).toBe(ledger.length);
    });
  });

  it('has the status that its ledger implies', () => {
    afterEachWish((payment) => {
      const [captured, refunded] = [total(payment, 'CAPTURE'), total(payment, 'REFUND')];
      const wanted = () => {
        if (count(payment, 'VOID') > 0) return 'VOIDED';
        if (refunded > 0) return refunded === captured ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
        if (captured > 0) return 'CAPTURED';
        if (count(payment, 'AUTHORIZE') > 0) return 'AUTHORIZED';
        return count(payment, 'DECLINE') > 0 ? 'DECLINED' : 'PENDING';
      };
      expect(payment.status).toBe(wanted());
    });
  });

  it('is not changed by a refused request, and its ledger only grows', () => {
    afterEachWish((payment, before, _one, was) => {
      if (!was) expect(payment).toBe(before);
      if (before) expect(payment.ledger.slice(0, before.ledger.length)).toEqual(before.ledger);
    });
  });

  it('holds and keeps no money after a full refund, whatever happened before', () => {
    fc.assert(
      fc.property(requests, requests, (all, later) => {
        const payments = new Payments();
        for (const one of all) payments.request(one);
        payments.settle({ kind: 'refund' });
        for (const one of later) payments.request(one);
        const payment = payments.payment as Payment;
        expect(payment.open).toBeNull();
        expect(['VOIDED', 'REFUNDED', 'DECLINED']).toContain(payment.status);
        expect(total(payment, 'CAPTURE')).toBe(total(payment, 'REFUND'));
      }),
      { numRuns: 500 },
    );
  });
});
