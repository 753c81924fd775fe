/** Events exactly as services stored and published them before amounts were decimals with their currency. */

const TRACE = 'a'.repeat(32);
const AT = Date.UTC(2026, 0, 31, 12);
const event = (id: string, version: number, type: string, data: object) => ({
  ...{ id, version, type, at: AT, traceId: TRACE, position: String(version) },
  ...{ stream: id.slice(0, id.lastIndexOf(':')), data },
});

export const OLD = {
  order: [
    event('O1:1', 1, 'order.placed', {
      orderId: 'O1',
      customer: { id: 'C1', name: 'Ada Lovelace', email: 'ada@example.org' },
      items: [{ productId: 'PROD001', name: 'Kettle', quantity: 2, priceCents: 2999 }],
      totalCents: 5998,
      currency: 'EUR',
      paymentMethod: 'tok_visa',
      autoConfirm: true,
      holdMs: 60_000,
      deadline: AT + 900_000,
    }),
    event('O2:1', 1, 'order.placed', {
      orderId: 'O2',
      customer: { id: 'C1' },
      items: [{ productId: 'PROD001', quantity: 1, priceCents: 100_000 }],
      totalCents: 100_000,
      currency: 'JPY',
      paymentMethod: 'tok_visa',
      autoConfirm: true,
      holdMs: 60_000,
      deadline: AT + 900_000,
    }),
  ],
  payment: [
    event('payment/O1:1', 1, 'payment.captured', {
      ...{ orderId: 'O1', paymentId: 'PAY1', transactionId: 'O1:capture' },
      amount: 59.98,
    }),
    event('payment/O1:2', 2, 'payment.refunded', {
      ...{ orderId: 'O1', paymentId: 'PAY1', transactionId: 'O1:refund:1' },
      ...{ amount: 10.1, reason: 'broken' },
    }),
  ],
  product: [
    event('PROD001:1', 1, 'product.created', {
      ...{ productId: 'PROD001', name: 'Kettle', description: 'Boils', priceCents: 2999 },
      ...{ category: 'Kitchen', sku: 'K-1' },
    }),
  ],
} as const;

/** As an older service answered them from its feed. */
export const inFeed = (events: readonly { at: number }[]) =>
  events.map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() }));

/** As an older service published one to Kafka. */
export const inKafka = (
  service: string,
  event: { id: string; version: number; type: string; at: number; data: object },
) => ({
  value: JSON.stringify(event.data),
  headers: {
    'content-type': 'application/json',
    ...{ ce_specversion: '1.0', ce_id: event.id, ce_source: `/${service}`, ce_type: event.type, ce_subject: 'any' },
    ...{ ce_time: new Date(event.at).toISOString(), ce_sequence: String(event.version) },
  },
});
