import { refusalAnswer } from '@oms/shared/http/answer';
import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import type { Handled, Input } from '@oms/shared/http/route';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { Answer, NewEvent, Put } from '@oms/shared/store/store';
import {
  authorizationOf,
  conclude,
  type Decision,
  type Intent,
  type Payment,
  paymentDoc,
  refusalOf,
} from './domain/payment.ts';
import type { PaymentProvider, ProviderAnswer } from './domain/provider.ts';
import { failedFor, meaningOf } from './provider-trouble.ts';

export interface PaymentParts extends ServiceParts<Payment> {
  provider: PaymentProvider;
  /** How long the provider may take. */
  providerTimeoutMs: number;
}

export interface Command {
  orderId: string;
  decide(known: Payment | undefined): Decision;
  answer(payment: Payment): Answer;
}

/** Other requests for the same payment that one request waits for. */
const MOST_ROUNDS = 200;

/**
 * Carries a command out in three steps: one write of what is intended, the provider, one write of what came of it. Whoever
 * comes again in between, after a lost answer or a crash, goes on with the same intent.
 */
export async function throughProvider(
  parts: PaymentParts,
  input: WriteRequest & Pick<Input<unknown, unknown, unknown, unknown>, 'res'>,
  command: Command,
): Promise<Handled> {
  const { store } = parts;
  const { orderId, decide, answer } = command;
  const id = paymentDoc(orderId);
  input.res.locals.orderId = orderId;

  for (let round = 0; round < MOST_ROUNDS; round++) {
    const begun = await carryOut<Payment, Decision>(store, [id], input, (docs) => {
      const known = docs.get(id)?.data;
      const decision = decide(known);
      if (decision.next === 'answer') return { answer: answer(decision.payment) };
      if (decision.next === 'finish first') return { result: decision };
      const put = decision.payment === known ? [] : [stored(decision.payment)];
      return { put, pending: decision.intent.id, result: decision };
    });
    if (begun.answer) return answered(begun);
    if (begun.result?.next === 'finish first') {
      await end(parts, input, begun.result.payment, begun.result.intent.id);
      continue;
    }
    const payment = begun.result?.payment ?? ((await store.read(id))?.data as Payment);
    const mine = await end(parts, input, payment, begun.pending as string, command);
    return { ...(mine as Answer), replayed: begun.replayed };
  }
  throw failedFor(`Too much is going on with the payment of order ${orderId}. Please send the same again.`);
}

/** Asks the provider if that is still to be done, and writes what came of it together with the answer to a command. */
async function end(
  { store, world, ...parts }: PaymentParts,
  input: WriteRequest,
  seen: Payment,
  intentId: string,
  command?: Command,
): Promise<Answer | undefined> {
  const outcome = seen.open?.id === intentId ? await ask(parts, seen, seen.open, input.traceId) : undefined;
  const id = paymentDoc(seen.orderId);
  const written = await store.write<Answer>([id], undefined, (docs) => {
    const known = docs.get(id)?.data as Payment;
    const now = world.now();
    const payment = outcome ? conclude(known, intentId, outcome, now) : known;
    const change = payment === known ? {} : { put: [stored(payment)], events: [eventOf(payment, input.traceId)] };
    if (!command) return change;
    const refusal = refusalOf(payment, intentId);
    const answer = refusal ? refusalAnswer(input, refusal) : command.answer(payment);
    return { ...change, ...(input.request ? { settle: { key: input.request.key, answer } } : {}), result: answer };
  });
  return written.answer ?? written.result;
}

async function ask(
  { log, ...asking }: Pick<PaymentParts, 'provider' | 'providerTimeoutMs' | 'log'>,
  { orderId, currency, method }: Payment,
  { id: key, type, amountCents }: Intent,
  traceId: string,
): Promise<ProviderAnswer> {
  const { provider, providerTimeoutMs } = asking;
  const authorization = authorizationOf(orderId);
  const signal = AbortSignal.timeout(providerTimeoutMs);
  try {
    switch (type) {
      case 'AUTHORIZE':
        return await provider.authorize({ key, amountCents, currency, method }, signal);
      case 'CAPTURE':
        return await provider.capture({ key, authorization, amountCents }, signal);
      case 'REFUND':
        return await provider.refund({ key, authorization, amountCents }, signal);
      case 'VOID':
        return await provider.void({ key, authorization }, signal);
    }
  } catch (error) {
    log.warn('the provider gave no answer', { orderId, intent: key, traceId, error });
    throw await meaningOf(error, signal, asking);
  }
}

/** The tag of payments whose provider has been asked for something and has not answered. */
export const IN_DOUBT = { doubt: 'yes' };

const stored = (data: Payment): Put<Payment> => ({
  id: paymentDoc(data.orderId),
  data,
  tags: { paymentId: data.paymentId, status: data.status, ...(data.open ? IN_DOUBT : {}) },
});

const EVENTS = {
  AUTHORIZE: 'payment.authorized',
  CAPTURE: 'payment.captured',
  VOID: 'payment.voided',
  REFUND: 'payment.refunded',
  DECLINE: 'payment.declined',
} as const;

/** What the newest line of the ledger tells the world. */
function eventOf({ orderId, paymentId, ledger, currency, decimals }: Payment, traceId: string): NewEvent {
  const newest = ledger.at(-1) as Payment['ledger'][number];
  const { id: transactionId, type, at, amountCents, reason } = newest;
  const counted = { amountCents, currency, decimals };
  const data = { orderId, paymentId, transactionId, ...counted, ...(reason ? { reason } : {}) };
  return { stream: paymentDoc(orderId), type: EVENTS[type], at, traceId, data };
}
