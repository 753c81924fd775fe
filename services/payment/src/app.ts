import { endpointsOf } from '@oms/shared/contracts/endpoint';
import * as contract from '@oms/shared/contracts/payment';
import { createServiceApp } from '@oms/shared/http/app';
import { answered, carryOut } from '@oms/shared/http/idempotent';
import { after } from '@oms/shared/http/paging';
import { replyOf } from '@oms/shared/http/reply';
import type { Handled } from '@oms/shared/http/route';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import { decimalsOf, toAmount, toCents } from '@oms/shared/money';
import type { Express, Response } from 'express';
import { payments } from './documents.ts';
import {
  authorize,
  capture,
  centsIn,
  type Decision,
  leftToCapture,
  notFound,
  type Payment,
  refund,
  refundPart,
  total,
} from './domain/payment.ts';
import { type PaymentParts, type PaymentRequest, throughProvider } from './through-provider.ts';

export function createApp(parts: PaymentParts): Express {
  const { store, world } = parts;

  return createServiceApp(parts, (on, app) => {
    on(contract.authorizePayment, async (input, reply) => {
      const { orderId, amount, currency, paymentMethod: method } = input.body;
      const decimals = decimalsOf(currency);
      const request = { orderId, amountCents: toCents(amount, decimals), currency, decimals, method };
      return throughProvider(parts, input, {
        orderId,
        decide: (known, now) => authorize(known, request, world.newId(now), now),
        answer: (payment) => reply(201, paymentOf(payment), { Location: `/payments/${payment.paymentId}` }),
      });
    });

    on(contract.capturePayment, async (input) =>
      changeKnown(input, (orderId, known, now) => {
        const { amount, ref } = input.body;
        return capture(known, { orderId, cents: centsIn(known, amount), ref }, now);
      }),
    );

    on(contract.refundPayment, async (input) =>
      changeKnown(input, (orderId, known, now) => {
        const { amount, ref, reason } = input.body;
        const cents = centsIn(known, amount);
        if (ref !== undefined) return refundPart(known, { orderId, cents, ref, reason }, now);
        const ids = { paymentId: world.newId(now), refundId: world.newId(now) };
        return refund(known, { orderId, cents, reason }, ids, now);
      }),
    );

    on(contract.listPayments, async ({ query: { orderId, ...query }, req, res }, reply) => {
      if (orderId !== undefined) {
        res.locals.orderId = orderId;
        const doc = await store.read(payments.id(orderId));
        return reply.page(req, { items: doc ? [doc] : [], next: null }, paymentOf);
      }
      const found = await payments.list(store, { newestFirst: true, limit: query.limit, after: after(query) });
      return reply.page(req, found, paymentOf);
    });

    on(contract.getPayment, async ({ params: { id }, res }, reply) =>
      reply.tagged(200, paymentOf(await find(id, res))),
    );

    on(contract.listTransactions, async ({ params: { id }, res }, reply) => reply(200, ledgerOf(await find(id, res))));

    defineServiceRoutes(on, app, parts, endpointsOf(contract));
  });

  async function byId(paymentId: string): Promise<Payment | undefined> {
    const { items } = await payments.list(store, { where: { paymentId }, limit: 1 });
    return items[0]?.data;
  }

  async function find(paymentId: string, res: Response): Promise<Payment> {
    const payment = await byId(paymentId);
    if (!payment) throw notFound(paymentId);
    res.locals.orderId = payment.orderId;
    return payment;
  }

  /** A change of a payment that the request names by its own id or by its order's. */
  async function changeKnown(
    input: PaymentRequest & { body: { orderId?: string | undefined; paymentId?: string | undefined } },
    decide: (orderId: string, known: Payment | undefined, now: number) => Decision,
  ): Promise<Handled> {
    const { orderId = (await byId(input.body.paymentId as string))?.orderId } = input.body;
    if (orderId === undefined) {
      return carryOut(parts, [], input, () => {
        throw notFound(input.body.paymentId as string);
      }).then(answered);
    }
    return throughProvider(parts, input, {
      orderId,
      decide: (known, now) => decide(orderId, known, now),
      answer: (payment) => replyChanged(200, paymentOf(payment)),
    });
  }
}

/** A refund is answered alike. */
const replyChanged = replyOf(contract.capturePayment);

const paymentOf = (payment: Payment): contract.Payment => ({
  id: payment.paymentId,
  paymentId: payment.paymentId,
  orderId: payment.orderId,
  success: payment.status !== 'PENDING' && payment.status !== 'DECLINED',
  status: payment.status,
  amount: toAmount(payment.amountCents, payment.decimals),
  captured: toAmount(total(payment, 'CAPTURE'), payment.decimals),
  refunded: toAmount(total(payment, 'REFUND'), payment.decimals),
  open: toAmount(leftToCapture(payment), payment.decimals),
  currency: payment.currency,
  method: payment.method,
  capturesOnce: payment.capturesOnce,
  createdAt: new Date(payment.createdAt).toISOString(),
  updatedAt: new Date(payment.updatedAt).toISOString(),
});

const ledgerOf = (payment: Payment): contract.Ledger => ({
  paymentId: payment.paymentId,
  items: payment.ledger.map(({ amountCents, at, ...transaction }) => ({
    ...transaction,
    amount: toAmount(amountCents, payment.decimals),
    at: new Date(at).toISOString(),
  })),
  captured: toAmount(total(payment, 'CAPTURE'), payment.decimals),
  refunded: toAmount(total(payment, 'REFUND'), payment.decimals),
  currency: payment.currency,
});
