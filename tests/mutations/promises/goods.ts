import type { Promised } from './rows.ts';

/** Mutations that concern money and stock. */
export const OF_GOODS: readonly Promised[] = [
  {
    name: 'an intent is written before the provider is called, and its id is the idempotency key of the call',
    file: 'services/payment/src/through-provider.ts',
    from: 'provider.capture({ key, authorization',
    to: 'provider.capture({ key: key + Math.random(), authorization',
    machines: ['simulation'],
  },
  {
    name: 'an order has one payment, with one authorization, and one capture for each part',
    file: 'services/payment/src/domain/payment.ts',
    from: 'open?.id === id ? open : ledger.find((one) => one.id === id);',
    to: 'open?.id === id ? open : undefined;',
  },
  {
    name: 'no more is captured than was authorized, and no more refunded than was captured',
    file: 'services/payment/src/domain/payment.ts',
    from: "if (amountCents > left) throw tooHigh(payment, left, 'left to refund');",
    to: '',
  },
  {
    name: 'every call of a saga has an idempotency key of order and step, the same after a crash',
    file: 'services/order/src/runner/step-calls.ts',
    from: 'return voided === 0 ? call :',
    to: 'if (saga?.interrupted) return `${call}:again`;\n    return voided === 0 ? call :',
  },
  {
    name: 'inside, money is an integer in the smallest unit of its currency',
    file: 'shared/src/money.ts',
    from: 'Math.round(amount * unit(decimals));',
    to: 'Math.trunc(amount * unit(decimals));',
  },
  {
    name: 'the catalog alone decides the currency of its prices',
    file: 'services/order/src/domain/pricing.ts',
    from: 'if (listed.every(({ listing }) => listing.currency === wanted)) return wanted;',
    to: 'if (listed.length > 0) return wanted;',
  },
  {
    name: 'all lines of an order are reserved in one write with locked rows, or none',
    file: 'shared/src/store/postgres-statements.ts',
    from: 'ORDER BY id FOR UPDATE',
    to: 'ORDER BY id',
    machines: ['crash'],
  },
  {
    name: 'stock and reservations always add up',
    file: 'services/inventory/src/domain/settlement.ts',
    from: '      shipped: shipped + quantity,\n',
    to: '',
  },
  {
    name: 'an order takes over the stock of a hold in one write, and never that of another order',
    file: 'services/inventory/src/domain/hold.ts',
    from: 'if (!isHold(hold) || stays)',
    to: 'if (!hold || stays)',
  },
  {
    name: 'a hold is released when its time is over, and not before',
    file: 'services/inventory/src/domain/hold.ts',
    from: '(reservation.holdUntil as number) > now',
    to: '(reservation.holdUntil as number) < now',
  },
  {
    name: 'a product that was deleted cannot be reserved, and what was reserved of it before goes its way',
    file: 'services/inventory/src/domain/stock.ts',
    from: 'one.productId === id && isOffered(one)',
    to: 'one.productId === id',
  },
  {
    name: 'only the newest event of a product counts, however often and in whichever order its events come',
    file: 'services/inventory/src/domain/stock.ts',
    from: '  if (known && before && said.sequence <= before.sequence && said.at <= before.at) return known;\n',
    to: '',
  },
  {
    name: 'concurrent writes have the same result as one after the other',
    file: 'shared/src/store/postgres-batch.ts',
    from: '      this.#docs.set(doc.id, { id: doc.id, version: this.#versionOf(doc.id), data: doc.data });\n',
    to: '',
  },
  {
    name: 'the stock that a customer holds unconfirmed is limited',
    file: 'services/order/src/api/holding.ts',
    // A read of the state before the write began, not of the current one.
    from: 'const live = without(holdingIn(docs.get(id)), ended);',
    to: 'const live = without(known, ended);',
  },
  {
    name: 'a write that waited for a lock sees all that was written meanwhile',
    file: 'shared/src/store/postgres-batch.ts',
    from: 'if (id && !this.#stored.has(id)) throw new Overtaken();',
    to: '',
  },
  {
    name: 'a step that arrives after its undo is refused: stock',
    file: 'services/inventory/src/domain/stock.ts',
    from: "if (reservation && !reservation.over) throw closed(reservation, 'reserved');",
    to: "if (reservation && reservation.status !== 'RELEASED') throw closed(reservation, 'reserved');",
    machines: ['simulation'],
  },
  {
    name: '… money',
    file: 'services/payment/src/domain/payment.ts',
    from: 'if (!known) return ask(begun(request',
    to: "if (!known || known.method === 'none') return ask(begun(request",
    machines: ['simulation'],
  },
  {
    name: '… parcels',
    file: 'services/shipping/src/domain/shipment.ts',
    from: "if (known) throw new Refusal(409, 'SHIPMENT_CLOSED'",
    to: "if (known && known.kind !== 'tombstone') throw new Refusal(409, 'SHIPMENT_CLOSED'",
    machines: ['simulation'],
  },
  {
    name: 'a payment that fails alone opens no circuit breaker, and uses no retries of others',
    file: 'shared/src/resilience/breaker.ts',
    from: '[CALLER_GAVE_UP, BULKHEAD_FULL, ONE_REQUEST_FAILED]',
    to: '[CALLER_GAVE_UP, BULKHEAD_FULL]',
  },
  {
    name: 'a ping decides whether the provider is down, not failed payments',
    file: 'services/payment/src/provider-trouble.ts',
    from: '(tookTooLong && !(await isThere(provider, pingMs)))',
    to: 'tookTooLong',
  },
  {
    name: 'a payment method with a card number is refused before anything is written, logged or traced',
    file: 'shared/src/contracts/payment-method.ts',
    from: '!holdsCardNumber(method)',
    to: "method !== ''",
    needs: 'build',
  },
];
