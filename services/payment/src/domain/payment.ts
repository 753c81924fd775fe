import type { PaymentStatus, TransactionType } from '@oms/shared/contracts/payment';
import { NoAnswer, Refusal } from '@oms/shared/errors';
import { hasDecimals, moneyText, toAmount, toCents } from '@oms/shared/money';
import type { ProviderAnswer } from './provider.ts';

/** The payment of an order. Always: 0 ≤ refunded ≤ captured ≤ amount, and the ledger shows each movement. */
export interface Payment {
  paymentId: string;
  orderId: string;
  status: PaymentStatus;
  amountCents: number;
  currency: string;
  /** The decimal places of the amounts; absent in payments from before currencies had their own: two. */
  decimals?: number | undefined;
  method: string;
  ledger: readonly Transaction[];
  /** What the provider is to do, stored before it is asked; one intent at a time. */
  open: Intent | null;
  /** The provider captures it once only: what is left after that cannot be taken any more. */
  capturesOnce?: true;
  /** Its parts were given back one by one, and then the order as a whole. */
  closed?: true;
  createdAt: number;
  updatedAt: number;
}

/** The id is also the provider's idempotency key, so that an intent sent twice happens once. */
export interface Intent {
  id: string;
  type: Exclude<TransactionType, 'DECLINE'>;
  amountCents: number;
  /** The part of the order that it belongs to; absent: the order as a whole. */
  ref?: string | undefined;
  /** The client's reason. */
  reason?: string | undefined;
}

/** How an intent ended, under the intent's id. */
export interface Transaction {
  id: string;
  type: TransactionType;
  amountCents: number;
  ref?: string | undefined;
  at: number;
  reference?: string | undefined;
  reason?: string | undefined;
}

export type Decision =
  /** Nothing is left to do. */
  | { next: 'answer'; payment: Payment }
  /** The provider has to be asked, for the first time or again. */
  | { next: 'ask'; payment: Payment; intent: Intent }
  /** Another intent has to end first. */
  | { next: 'finish first'; payment: Payment; intent: Intent };

/** What a client wants authorized. */
export interface Requested {
  orderId: string;
  amountCents: number;
  currency: string;
  decimals?: number | undefined;
  method: string;
}

export const authorizationOf = (orderId: string): string => `${orderId}:authorize`;

export function authorize(known: Payment | undefined, request: Requested, paymentId: string, now: number): Decision {
  const id = authorizationOf(request.orderId);
  const { amountCents } = request;
  if (!known) return ask(begun(request, paymentId, now), { id, type: 'AUTHORIZE', amountCents }, now);
  if (isClosed(known)) throw closed(known);
  const amount = toAmount(known.amountCents, known.decimals);
  const isSame = amount === toAmount(amountCents, request.decimals) && known.currency === request.currency;
  if (!isSame || known.method !== request.method) {
    throw mismatch(known, `${amount} ${known.currency} by another request`);
  }
  return again(known, id, undefined);
}

/** A request about a part of an order, with `ref`, or about all of it. Without an amount it means all that is left. */
export interface Movement {
  orderId: string;
  cents: number | undefined;
  ref: string | undefined;
}

export function capture(known: Payment | undefined, { orderId, cents, ref }: Movement, now: number): Decision {
  if (!known) throw notFound(`of order ${orderId}`);
  if (isClosed(known) || known.status === 'DECLINED') throw closed(known);
  if (known.status === 'PENDING') {
    throw new NoAnswer(
      502,
      'PROVIDER_ERROR',
      `It is not known yet whether the payment of order ${orderId} is authorized.`,
    );
  }
  const id = `${orderId}:capture${suffixOf(ref)}`;
  const others = known.ledger.filter((one) => one.type === 'CAPTURE' && one.id !== id);
  const taken = others.reduce((sum, one) => sum + one.amountCents, 0);
  const most = known.capturesOnce && taken > 0 ? 0 : known.amountCents - taken;
  const amountCents = cents ?? most;
  if (amountCents > most || most === 0)
    throw tooHigh(known, most, others.length === 0 ? 'authorized' : 'left to capture');
  if (intentOf(known, id)) return again(known, id, amountCents);
  if (known.open) return { next: 'finish first', payment: known, intent: known.open };
  return ask(known, { id, type: 'CAPTURE', amountCents, ref }, now);
}

/** Gives back captured money for a part of the order. After a refusal of the provider the same request tries again. */
export function refundPart(
  known: Payment | undefined,
  { orderId, cents, ref, reason }: Movement & { reason: string | undefined },
  now: number,
): Decision {
  if (!known) throw notFound(`of order ${orderId}`);
  const { open, ledger } = known;
  const first = `${orderId}:refund${suffixOf(ref)}`;
  const refused = ledger.filter(({ id, type }) => type === 'DECLINE' && (id === first || id.startsWith(`${first}#`)));
  const id = refused.length === 0 ? first : `${first}#${refused.length + 1}`;
  if (intentOf(known, id)) return again(known, id, cents);
  if (open) return { next: 'finish first', payment: known, intent: open };
  const left = leftToRefund(known);
  if (left === 0 || (cents ?? 0) > left) throw tooHigh(known, left, 'left to refund');
  return ask(known, { id, type: 'REFUND', amountCents: cents ?? left, ref, reason }, now);
}

/** Gives back all that the payment holds or took. For an unknown order it closes the payment: nothing is taken later. */
export function refund(
  known: Payment | undefined,
  { orderId, cents, reason }: Omit<Movement, 'ref'> & { reason: string | undefined },
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
  if (status === 'REFUNDED' && (cents ?? captured) === captured) {
    return { next: 'answer', payment: isClosed(payment) ? payment : { ...payment, closed: true, updatedAt: now } };
  }
  const left = leftToRefund(payment);
  const amountCents = cents ?? left;
  if (amountCents > left) throw tooHigh(payment, left, 'left to refund');
  return ask(payment, { id: `${orderId}:refund:${refundId}`, type: 'REFUND', amountCents, reason }, now);
}

/** The provider's answer ends an intent. An intent that has already ended, or that a void replaced, stays as it is. */
export function conclude(payment: Payment, intentId: string, outcome: ProviderAnswer, now: number): Payment {
  const { open } = payment;
  if (open?.id !== intentId) return payment;
  const transaction: Transaction =
    outcome.kind === 'done'
      ? { ...open, at: now, reference: outcome.reference }
      : { ...open, type: 'DECLINE', at: now, reason: outcome.reason };
  const concluded = { ...payment, ledger: [...payment.ledger, transaction], open: null, updatedAt: now };
  const once = outcome.kind === 'done' && outcome.capturesOnce ? { capturesOnce: true as const } : {};
  return { ...concluded, ...once, status: statusAfter(concluded, open, outcome) };
}

function statusAfter(payment: Payment, { type }: Intent, { kind }: ProviderAnswer): PaymentStatus {
  if (kind === 'declined') return type === 'AUTHORIZE' ? 'DECLINED' : payment.status;
  switch (type) {
    case 'AUTHORIZE':
      return 'AUTHORIZED';
    case 'VOID':
      return 'VOIDED';
    case 'CAPTURE':
    case 'REFUND': {
      const refunded = total(payment, 'REFUND');
      if (refunded === 0) return 'CAPTURED';
      return refunded === total(payment, 'CAPTURE') ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    }
  }
}

/** What can still be captured. */
export function leftToCapture(payment: Payment): number {
  const captured = total(payment, 'CAPTURE');
  const isOver = isClosed(payment) || payment.status === 'DECLINED' || (payment.capturesOnce && captured > 0);
  return isOver ? 0 : payment.amountCents - captured;
}

const leftToRefund = (payment: Payment): number => total(payment, 'CAPTURE') - total(payment, 'REFUND');

/** No id of an order or a part contains a `#`. */
const suffixOf = (ref: string | undefined): string => (ref === undefined ? '' : `#${ref}`);

const intentOf = ({ ledger, open }: Payment, id: string): Intent | Transaction | undefined =>
  open?.id === id ? open : ledger.find((one) => one.id === id);

/** The reason why an intent that has ended failed; undefined: it succeeded. */
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

/** The client's amount in the payment's smallest unit; undefined without an amount or without a payment. */
export function centsIn(known: Payment | undefined, amount: number | undefined): number | undefined {
  if (amount === undefined || !known) return undefined;
  if (hasDecimals(amount, known.decimals)) return toCents(amount, known.decimals);
  const message = `has too many decimal places for ${known.currency}`;
  throw new Refusal(400, 'VALIDATION_FAILED', `amount: ${message}`, { errors: [{ path: 'amount', message }] });
}

export const notFound = (which: string) => new Refusal(404, 'PAYMENT_NOT_FOUND', `There is no payment ${which}.`);

const begun = (request: Requested, paymentId: string, now: number): Payment => ({
  ...request,
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

/** The same request once more. */
function again(payment: Payment, intentId: string, cents: number | undefined): Decision {
  const before = intentOf(payment, intentId);
  if (before && cents !== undefined && before.amountCents !== cents) {
    throw mismatch(payment, `a ${before.type.toLowerCase()} of ${toAmount(before.amountCents, payment.decimals)}`);
  }
  if (payment.open?.id === intentId) return { next: 'ask', payment, intent: payment.open };
  const refusal = refusalOf(payment, intentId);
  if (refusal) throw refusal;
  return { next: 'answer', payment };
}

/** No more money can be taken: all of it was given back, and not part by part. */
const isClosed = ({ status, open, closed, ledger }: Payment): boolean =>
  status === 'VOIDED' ||
  closed === true ||
  open?.type === 'VOID' ||
  (status === 'REFUNDED' && ledger.some(({ type, ref }) => type === 'REFUND' && ref === undefined));

const closed = ({ orderId }: Payment) =>
  new Refusal(409, 'PAYMENT_CLOSED', `The payment of order ${orderId} is closed: no more money can be taken.`);

const mismatch = ({ orderId }: Payment, before: string) =>
  new Refusal(409, 'PAYMENT_MISMATCH', `Order ${orderId} already has ${before}.`);

function tooHigh({ currency, decimals }: Payment, mostCents: number, what: string): Refusal {
  const text = `Only ${moneyText(mostCents, currency, decimals)} is ${what}.`;
  return new Refusal(409, 'AMOUNT_TOO_HIGH', text, { most: toAmount(mostCents, decimals), currency });
}
