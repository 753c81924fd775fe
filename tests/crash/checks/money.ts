import type { Payment } from '@oms/payment/dist/domain/payment.js';
import type { Evidence, Violation } from './violation.ts';

const EVENT_OF: Record<string, string> = {
  AUTHORIZE: 'payment.authorized',
  CAPTURE: 'payment.captured',
  VOID: 'payment.voided',
  REFUND: 'payment.refunded',
  DECLINE: 'payment.declined',
};

export function moneyOf(payment: Payment | undefined): { authorized: number; captured: number; refunded: number } {
  const sum = (wanted: string) =>
    (payment?.ledger ?? []).reduce((cents, { type, amountCents }) => cents + (type === wanted ? amountCents : 0), 0);
  return { authorized: sum('AUTHORIZE'), captured: sum('CAPTURE'), refunded: sum('REFUND') };
}

/** No customer is charged twice or too much, or refunded too much; and the ledger has all of it. */
export function* money({ records }: Pick<Evidence, 'records'>): Iterable<Violation> {
  const events = new Map<string, string[]>();
  for (const { stream, type } of records.paymentEvents) events.set(stream, [...(events.get(stream) ?? []), type]);
  for (const [id, payment] of records.payments) {
    const { ledger, open, status } = payment;
    const count = (wanted: string) => ledger.filter(({ type }) => type === wanted).length;
    const { authorized, captured, refunded } = moneyOf(payment);
    const captures = ledger.filter(({ type }) => type === 'CAPTURE').map(({ ref = 'all of it' }) => ref);
    const wrong: [boolean, string][] = [
      [count('AUTHORIZE') > 1, `${count('AUTHORIZE')} authorizations`],
      [captures.length !== new Set(captures).size, `captured twice: ${captures.join(', ')}`],
      [count('VOID') > 1, `${count('VOID')} voids`],
      [captured > authorized, `${captured} captured of ${authorized} authorized`],
      [refunded > captured, `${refunded} refunded of ${captured} captured`],
      [count('VOID') > 0 && captured > 0, 'captured and voided'],
      [open !== null, `${open?.type} still open`],
      [status === 'PENDING', 'PENDING'],
      [new Set(ledger.map((line) => line.id)).size !== ledger.length, 'one movement twice'],
    ];
    for (const [isWrong, detail] of wrong) if (isWrong) yield { rule: 'money', id, detail };
    const told = (events.get(`payment/${id}`) ?? []).join(', ');
    const kept = ledger.map(({ type }) => EVENT_OF[type]).join(', ');
    if (told !== kept) yield { rule: 'money', id, detail: `the ledger says ${kept}, the events say ${told}` };
  }
}
