import type { Equivalent } from './mutants.ts';

const ORDER = 'services/order/src/domain/order.ts';
const PRICING = 'services/order/src/domain/pricing.ts';
const BOOKS = 'services/order/src/audit/compare.ts';
const PAYMENT = 'services/payment/src/domain/payment.ts';

const TYPE_ONLY = 'only the compiler needs to be told: ';

export const EQUIVALENT_IN_ORDER: readonly Equivalent[] = [
  {
    file: ORDER,
    at: 'version: 0,',
    from: '0',
    to: '1',
    why: 'the field is there from the beginning, and each event says anew which version it makes',
  },
  {
    file: PRICING,
    at: 'if (!failure || !listings) throw error;',
    from: '!failure || !listings',
    to: '!failure',
    why: `${TYPE_ONLY}without listings nothing was refused`,
  },
  {
    file: PRICING,
    at: 'const refused = error instanceof Refusal && error.status === 409;',
    from: 'error instanceof Refusal && error.status === 409',
    to: 'error.status === 409',
    why: `${TYPE_ONLY}of what can be thrown here only a Refusal has that status`,
  },
  {
    file: PRICING,
    at: 'const isOne = price !== undefined && amountFault(price, currency, MOST_CENTS.price) === undefined;',
    from: 'price !== undefined && amountFault(price, currency, MOST_CENTS.price) === undefined',
    to: 'amountFault(price, currency, MOST_CENTS.price) === undefined',
    why: 'no price stays no price, whether it is called one or not',
  },
  {
    file: BOOKS,
    at: 'else if (reservation && wanted !== NOTHING && !sameLines(order.items, reservation.items))',
    from: 'reservation && wanted !== NOTHING',
    to: 'wanted !== NOTHING',
    why: `${TYPE_ONLY}that none is there is complained of already`,
  },
  {
    file: BOOKS,
    at: 'else if (payment && wanted !== NOTHING && (payment.amount !== total || payment.currency !== order.currency))',
    from: 'payment && wanted !== NOTHING',
    to: 'wanted !== NOTHING',
    why: `${TYPE_ONLY}that none is there is complained of already`,
  },
  {
    file: BOOKS,
    at: 'if (!shipment || !known || PARCEL[status] === undefined) return undefined;',
    from: '!shipment || !known',
    to: '!known',
    why: `${TYPE_ONLY}an order that may be without a shipment has no PARCEL to compare`,
  },
  {
    file: PAYMENT,
    at: 'if (known && cents !== undefined && cents > known.amountCents)',
    from: 'known && cents !== undefined',
    to: 'known',
    why: `${TYPE_ONLY}an amount that is not named exceeds none`,
  },
];
