import { endpointsOf } from '@oms/shared/contracts/endpoint';
import * as contract from '@oms/shared/contracts/payment';
import { reply } from '@oms/shared/http/answer';
import { createServiceApp } from '@oms/shared/http/app';
import { taggedReply } from '@oms/shared/http/conditions';
import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import { after, pageReply } from '@oms/shared/http/paging';
import type { Handled } from '@oms/shared/http/route';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import { decimalsOf, toAmount, toCents } from '@oms/shared/money';
import type { Express } from 'express';
import { authorize, capture, centsIn, notFound, type Payment, paymentDoc, refund, total } from './domain/payment.ts';
import { type PaymentParts, throughProvider } from './through-provider.ts';

export function createApp(parts: PaymentParts): Express {
  const { store, world } = parts;

  return createServiceApp(parts, (on, app) => {
    on(contract.authorizePayment, async (input) => {
      const { orderId, amount, currency, paymentMethod: method } = input.body;
      const decimals = decimalsOf(currency);
      const wish = { orderId, amountCents: toCents(amount, decimals), currency, decimals, method };
      const now = world.now();
      const paymentId = world.newId(now);
      return throughProvider(parts, input, {
        orderId,
        decide: (known) => authorize(known, wish, paymentId, now),
        answer: (payment) => reply(201, paymentOf(payment), { Location: `/payments/${payment.paymentId}` }),
      });
    });

    on(contract.capturePayment, async (input) => {
      const orderId = await orderIdOf(input.body);
      if (orderId === undefined) return refuseUnknown(input);
      const { amount } = input.body;
      const now = world.now();
      return throughProvider(parts, input, {
        orderId,
        decide: (known) => capture(known, orderId, centsIn(known, amount), now),
        answer: (payment) => reply(200, paymentOf(payment)),
      });
    });

    on(contract.refundPayment, async (input) => {
      const orderId = await orderIdOf(input.body);
      if (orderId === undefined) return refuseUnknown(input);
      const { amount, reason } = input.body;
      const now = world.now();
      const ids = { paymentId: world.newId(now), refundId: world.newId(now) };
      return throughProvider(parts, input, {
        orderId,
        decide: (known) => refund(known, { orderId, cents: centsIn(known, amount), reason }, ids, now),
        answer: (payment) => reply(200, paymentOf(payment)),
      });
    });

    on(contract.listPayments, async ({ query: { orderId, ...query }, req, res }) => {
      if (orderId !== undefined) {
        res.locals.orderId = orderId;
        const doc = await store.read(paymentDoc(orderId));
        return pageReply(req, { items: doc ? [doc] : [], next: null }, paymentOf);
      }
      const { limit } = query;
      return pageReply(
        req,
        await store.list({ prefix: 'payment/', newestFirst: true, limit, after: after(query) }),
        paymentOf,
      );
    });

    on(contract.getPayment, async ({ params: { id }, res }) => {
      const payment = await find(id);
      res.locals.orderId = payment.orderId;
      return taggedReply(200, paymentOf(payment));
    });

    on(contract.listTransactions, async ({ params: { id }, res }) => {
      const payment = await find(id);
      res.locals.orderId = payment.orderId;
      return reply(200, ledgerOf(payment));
    });

    defineServiceRoutes(on, app, parts, endpointsOf(contract));
  });

  async function byId(paymentId: string): Promise<Payment | undefined> {
    const { items } = await store.list({ prefix: 'payment/', where: { paymentId }, limit: 1 });
    return items[0]?.data;
  }

  async function find(paymentId: string): Promise<Payment> {
    const payment = await byId(paymentId);
    if (!payment) throw notFound(paymentId);
    return payment;
  }

  async function orderIdOf({ orderId, paymentId }: Target): Promise<string | undefined> {
    return orderId ?? (await byId(paymentId as string))?.orderId;
  }

  async function refuseUnknown(input: WriteRequest & { body: Target }): Promise<Handled> {
    const refuse = () => {
      throw notFound(input.body.paymentId as string);
    };
    return answered(await carryOut(store, [], input, refuse));
  }
}

type Target = { orderId?: string | undefined; paymentId?: string | undefined };

const paymentOf = (payment: Payment): contract.Payment => ({
  id: payment.paymentId,
  orderId: payment.orderId,
  status: payment.status,
  amount: toAmount(payment.amountCents, payment.decimals),
  captured: toAmount(total(payment, 'CAPTURE'), payment.decimals),
  refunded: toAmount(total(payment, 'REFUND'), payment.decimals),
  currency: payment.currency,
  method: payment.method,
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
