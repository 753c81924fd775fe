import type { PaymentStatus, TransactionType } from '@oms/shared/contracts/payment';
import { NoAnswer, Refusal } from '@oms/shared/errors';
import { hasDecimals, moneyText, toAmount, toCents } from '@oms/shared/money';
import type { ProviderAnswer } from './provider.ts';

/** The payment of an order. Always: 0 ≤ refunded ≤ captured ≤ amount, and the ledger says how it came to that. */
export interface Payment {
  paymentId: string;
  orderId: string;
  status: PaymentStatus;
  amountCents: number;
  currency: string;
  /** How many places the cents stand for; absent, as before currencies had their own: two. */
  decimals?: number | undefined;
  method: string;
  ledger: readonly Transaction[];
  /** What the provider is to do, written down before it is asked; at most one thing at a time. */
  open: Intent | null;
  createdAt: number;
  updatedAt: number;
}

/** The id is the provider's key as well, so that an intent carried out twice happens once. */
export interface Intent {
  id: string;
  type: Exclude<TransactionType, 'DECLINE'>;
  amountCents: number;
  /** Why the client wants it. */
  reason?: string | undefined;
}

/** How an intent ended, under the intent's id. */
export interface Transaction {
  id: string;
  type: TransactionType;
  amountCents: number;
  at: number;
  reference?: string | undefined;
  reason?: string | undefined;
}

export type Decision =
  /** It is so already. */
  | { next: 'answer'; payment: Payment }
  /** The provider has to be asked, for the first time or once more. */
  | { next: 'ask'; payment: Payment; intent: Intent }
  /** Another intent has to end before this can be decided. */
  | { next: 'finish first'; payment: Payment; intent: Intent };

export interface Wish {
  orderId: string;
  amountCents: number;
  currency: string;
  decimals?: number | undefined;
  method: string;
}

export const authorizationOf = (orderId: string): string => `${orderId}:authorize`;

export function authorize(known: Payment | undefined, wish: Wish, paymentId: string, now: number): Decision {
  const id = authorizationOf(wish.orderId);
  if (!known) return ask(begun(wish, paymentId, now), { id, type: 'AUTHORIZE', amountCents: wish.amountCents }, now);
  if (isClosed(known)) throw closed(known);
  const amount = toAmount(known.amountCents, known.decimals);
  const isSame = amount === toAmount(wish.amountCents, wish.decimals) && known.currency === wish.currency;
  if (!isSame || known.method !== wish.method) {
    throw mismatch(known, `${amount} ${known.currency} by another request`);
  }
  return askedBefore(known, id);
}

export function capture(known: Payment | undefined, orderId: string, cents: number | undefined, now: number): Decision {
  if (!known) throw notFound(`of order ${orderId}`);
  if (isClosed(known) || known.status === 'DECLINED') throw closed(known);
  if (known.status === 'PENDING') {
    throw new NoAnswer(502, 'PROVIDER_ERROR', `Whether order ${orderId} is authorized is not known yet.`);
  }
  const amountCents = cents ?? known.amountCents;
  if (amountCents > known.amountCents) throw tooHigh(known, known.amountCents, 'authorized');
  const id = `${orderId}:capture`;
  const before = [...known.ledger, known.open].find((one) => one?.id === id);
  if (!before) return ask(known, { id, type: 'CAPTURE', amountCents }, now);
  if (before.amountCents !== amountCents)
    throw mismatch(known, `a capture of ${toAmount(before.amountCents, known.decimals)}`);
  return askedBefore(known, id);
}

/** Gives back whatever the order's payment holds or took; of an order never seen it remembers that nothing is to be taken. */
export function refund(
  known: Payment | undefined,
  { orderId, cents, reason }: { orderId: string; cents: number | undefined; reason: string | undefined },
  { paymentId, refundId }: { paymentId: string; refundId: string },
  now: number,
): Decision {
  const payment = known ?? begun({ orderId, amountCents: 0, currency: 'XXX', method: 'none' }, paymentId, now);
  const { open, status } = payment;
  if (status === 'VOIDED' || status === 'DECLINED') return { next: 'answer', payment };
  if (open?.type === 'VOID') return { next: 'ask', payment, intent: open };
  if (open && open.type !== 'AUTHORIZE') return { next: 'finish first', payment, intent: open };

  const captured = total(payment, 'CAPTURE');
  if (status === 'PENDING' || status === 'AUTHORIZED') {
    if (known && cents !== undefined && cents > known.amountCents)
      throw tooHigh(known, known.amountCents, 'authorized');
    return ask(payment, { id: `${orderId}:void`, type: 'VOID', amountCents: payment.amountCents, reason }, now);
  }
  if (status === 'REFUNDED' && (cents ?? captured) === captured) return { next: 'answer', payment };
  const left = captured - total(payment, 'REFUND');
  const amountCents = cents ?? left;
  if (amountCents > left) throw tooHigh(payment, left, 'left to refund');
  return ask(payment, { id: `${orderId}:refund:${refundId}`, type: 'REFUND', amountCents, reason }, now);
}

/** What the provider said of an intent. An intent that ended in the meantime, or was overtaken by a void, stays ended. */
export function conclude(payment: Payment, intentId: string, outcome: ProviderAnswer, now: number): Payment {
  const { open } = payment;
  if (open?.id !== intentId) return payment;
  const transaction: Transaction =
    outcome.kind === 'done'
      ? { ...open, at: now, reference: outcome.reference }
      : { ...open, type: 'DECLINE', at: now, reason: outcome.reason };
  const concluded = { ...payment, ledger: [...payment.ledger, transaction], open: null, updatedAt: now };
  return { ...concluded, status: statusAfter(concluded, open, outcome) };
}

function statusAfter(payment: Payment, { type }: Intent, { kind }: ProviderAnswer): PaymentStatus {
  if (kind === 'declined') return type === 'AUTHORIZE' ? 'DECLINED' : payment.status;
  switch (type) {
    case 'AUTHORIZE':
      return 'AUTHORIZED';
    case 'CAPTURE':
      return 'CAPTURED';
    case 'VOID':
      return 'VOIDED';
    case 'REFUND':
      return total(payment, 'REFUND') === total(payment, 'CAPTURE') ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  }
}

/** Why an intent that has ended did not come true; undefined: it did. */
export function refusalOf(payment: Payment, intentId: string): Refusal | undefined {
  const transaction = payment.ledger.find(({ id }) => id === intentId);
  if (!transaction) return closed(payment);
  if (transaction.type !== 'DECLINE') return undefined;
  const { orderId, paymentId } = payment;
  const { reason } = transaction;
  const text = `The payment of order ${orderId} was declined: ${reason}.`;
  return new Refusal(402, 'PAYMENT_DECLINED', text, { orderId, paymentId, reason });
}

export const total = ({ ledger }: Payment, wanted: TransactionType): number =>
  ledger.reduce((cents, { type, amountCents }) => cents + (type === wanted ? amountCents : 0), 0);

/** What a client names, in what this payment is counted in; a payment that is not there has nothing to be counted in. */
export function centsIn(known: Payment | undefined, amount: number | undefined): number | undefined {
  if (amount === undefined || !known) return undefined;
  if (hasDecimals(amount, known.decimals)) return toCents(amount, known.decimals);
  const message = `has too many decimal places for ${known.currency}`;
  throw new Refusal(400, 'VALIDATION_FAILED', `amount: ${message}`, { errors: [{ path: 'amount', message }] });
}

export const notFound = (which: string) => new Refusal(404, 'PAYMENT_NOT_FOUND', `There is no payment ${which}.`);

const begun = (wish: Wish, paymentId: string, now: number): Payment => ({
  ...wish,
  paymentId,
  status: 'PENDING',
  ledger: [],
  open: null,
  createdAt: now,
  updatedAt: now,
});

const ask = (payment: Payment, intent: Intent, now: number): Decision => ({
  next: 'ask',
  payment: { ...payment, open: intent, updatedAt: now },
  intent,
});

function askedBefore(payment: Payment, intentId: string): Decision {
  if (payment.open?.id === intentId) return { next: 'ask', payment, intent: payment.open };
  const refusal = refusalOf(payment, intentId);
  if (refusal) throw refusal;
  return { next: 'answer', payment };
}

/** Nothing can be taken any more. */
const isClosed = ({ status, open }: Payment): boolean =>
  status === 'VOIDED' || status === 'REFUNDED' || open?.type === 'VOID';

const closed = ({ orderId }: Payment) =>
  new Refusal(409, 'PAYMENT_CLOSED', `The payment of order ${orderId} is closed: nothing can be taken any more.`);

const mismatch = ({ orderId }: Payment, before: string) =>
  new Refusal(409, 'PAYMENT_MISMATCH', `Order ${orderId} already has ${before}.`);

function tooHigh({ currency, decimals }: Payment, mostCents: number, what: string): Refusal {
  const text = `Only ${moneyText(mostCents, currency, decimals)} is ${what}.`;
  return new Refusal(409, 'AMOUNT_TOO_HIGH', text, { most: toAmount(mostCents, decimals), currency });
}
