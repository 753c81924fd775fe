import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import { refusalAnswer } from '@oms/shared/http/problem';
import type { Handled } from '@oms/shared/http/route';
import type { ServiceParts } from '@oms/shared/service/parts';
import { decide } from '@oms/shared/store/aggregate';
import type { Answer } from '@oms/shared/store/store';
import type { Response } from 'express';
import { eventOf, payments } from './documents.ts';
import { authorizationOf, conclude, type Decision, type Intent, type Payment, refusalOf } from './domain/payment.ts';
import type { PaymentProvider, ProviderAnswer } from './domain/provider.ts';
import { failedFor, meaningOf } from './provider-trouble.ts';

export interface PaymentParts extends ServiceParts<Payment> {
  provider: PaymentProvider;
  /** How long the provider may take. */
  providerTimeoutMs: number;
}

export type PaymentRequest = WriteRequest & { res: Response };

export interface Command {
  orderId: string;
  decide(known: Payment | undefined, now: number): Decision;
  answer(payment: Payment): Answer;
}

/** The most requests for the same payment that one request waits for. */
const MOST_ROUNDS = 200;

/**
 * Carries a command out in three steps: one write of the intent, the provider, one write of the result. A request that
 * comes again in between, after a lost answer or a crash, goes on with the same intent.
 */
export async function throughProvider(parts: PaymentParts, input: PaymentRequest, command: Command): Promise<Handled> {
  const { orderId, answer } = command;
  const ids = [payments.id(orderId)];
  input.res.locals.orderId = orderId;

  for (let round = 0; round < MOST_ROUNDS; round++) {
    const begun = await carryOut<Payment, Decision>(parts, ids, input, (docs, now) => {
      const known = payments.in(docs, orderId);
      const decision = command.decide(known, now);
      const put = decision.payment === known ? [] : [payments.put(decision.payment)];
      if (decision.next === 'answer') return { put, answer: answer(decision.payment) };
      if (decision.next === 'finish first') return { result: decision };
      return { put, pending: decision.intent.id, result: decision };
    });
    if (begun.answer) return answered(begun);
    if (begun.result?.next === 'finish first') {
      await end(parts, input, begun.result.payment, begun.result.intent.id);
      continue;
    }
    const payment = begun.result?.payment ?? ((await payments.read(parts.store, orderId)) as Payment);
    const mine = await end(parts, input, payment, begun.pending as string, command);
    return { ...(mine as Answer), replayed: begun.replayed };
  }
  throw failedFor(
    `Too many requests change the payment of order ${orderId} at once. Please send the same request again.`,
  );
}

/** Asks the provider if the intent is still open, and writes the result together with the answer to the command. */
async function end(
  parts: PaymentParts,
  input: WriteRequest,
  seen: Payment,
  intentId: string,
  command?: Command,
): Promise<Answer | undefined> {
  const outcome = seen.open?.id === intentId ? await ask(parts, seen, seen.open, input.traceId) : undefined;
  const { traceId } = input;
  const written = await decide<Payment, Answer>(parts, [payments.id(seen.orderId)], { traceId }, (docs, now) => {
    const known = payments.in(docs, seen.orderId) as Payment;
    const payment = outcome ? conclude(known, intentId, outcome, now) : known;
    const change = payment === known ? {} : { put: [payments.put(payment)], events: [eventOf(payment)] };
    if (!command) return change;
    const refusal = refusalOf(payment, intentId);
    const answer = refusal ? refusalAnswer(input, refusal) : command.answer(payment);
    return { ...change, ...(input.request ? { settle: { key: input.request.key, answer } } : {}), result: answer };
  });
  return written.answer ?? written.result;
}

async function ask(
  { log, ...parts }: Pick<PaymentParts, 'provider' | 'providerTimeoutMs' | 'log'>,
  { orderId, currency, method }: Payment,
  { id: key, type, amountCents }: Intent,
  traceId: string,
): Promise<ProviderAnswer> {
  const { provider, providerTimeoutMs } = parts;
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
    throw await meaningOf(error, signal, parts);
  }
}
