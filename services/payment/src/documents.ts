import { type Happened, Kind } from '@oms/shared/store/aggregate';
import type { Payment } from './domain/payment.ts';

/** The tag of payments with an intent that the provider has not answered. */
export const IN_DOUBT = { doubt: 'yes' };

export const payments = new Kind<Payment>('payment/', {
  key: ({ orderId }) => orderId,
  tags: ({ paymentId, status, open }) => ({ paymentId, status, ...(open ? IN_DOUBT : {}) }),
});

const EVENTS = {
  AUTHORIZE: 'payment.authorized',
  CAPTURE: 'payment.captured',
  VOID: 'payment.voided',
  REFUND: 'payment.refunded',
  DECLINE: 'payment.declined',
} as const;

/** The event of the newest transaction. */
export function eventOf({ orderId, paymentId, ledger, currency, decimals }: Payment): Happened {
  const { id: transactionId, type, amountCents, reason } = ledger.at(-1) as Payment['ledger'][number];
  const counted = { amountCents, currency, decimals };
  const data = { orderId, paymentId, transactionId, ...counted, ...(reason ? { reason } : {}) };
  return { type: EVENTS[type], data };
}
