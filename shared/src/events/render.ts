import type { FeedEvent } from '../contracts/events.ts';
import { toAmount, USUAL_CURRENCY } from '../money.ts';
import type { StoredEvent } from '../store/store.ts';

/**
 * Stored events count money in cents. Outside it has one form: decimals, as everywhere in the API, and the currency beside
 * them. That is version 2 of their data. In version 1 orders and products were told in cents, and payments without a currency.
 */
const DATA_VERSION = 2;

type Data = Record<string, unknown>;
interface Formed {
  data: Data;
  dataVersion: number;
}

/** An event's data in the form of today, whether it was stored, came from an older service, or is of that form already. */
export function formed(type: string, data: Data): Formed {
  const form = FORMS[type];
  const today = form ? form(data) : data;
  // What a payment's events did not say then, nobody can tell from them now.
  const isOld = type.startsWith('payment.') && today.currency === undefined;
  return { data: today, dataVersion: isOld ? 1 : DATA_VERSION };
}

function order(data: Data): Data {
  if (data.totalCents === undefined) return data;
  const { totalCents, decimals, ...rest } = data as Data & { totalCents: number; decimals?: number };
  const items = (data.items as { priceCents?: number }[]).map(({ priceCents, ...item }) => {
    return priceCents === undefined ? item : { ...item, price: toAmount(priceCents, decimals) };
  });
  return { ...rest, items, total: toAmount(totalCents, decimals) };
}

function product(data: Data): Data {
  if (data.priceCents === undefined) return data;
  const { priceCents, decimals, ...rest } = data as Data & { priceCents: number; decimals?: number };
  return { ...rest, price: toAmount(priceCents, decimals), currency: data.currency ?? USUAL_CURRENCY };
}

function payment(data: Data): Data {
  if (data.amountCents === undefined) return data;
  const { amountCents, decimals, ...rest } = data as Data & { amountCents: number; decimals?: number };
  return { ...rest, amount: toAmount(amountCents, decimals) };
}

const FORMS: Record<string, (data: Data) => Data> = {
  'order.placed': order,
  'product.created': product,
  'product.changed': product,
  'payment.authorized': payment,
  'payment.captured': payment,
  'payment.voided': payment,
  'payment.refunded': payment,
  'payment.declined': payment,
};

/** An event as it is shown to others. */
export const renderEvent = ({ id, version, type, at, data, traceId }: StoredEvent) => ({
  id,
  version,
  type,
  at: new Date(at).toISOString(),
  ...formed(type, data as Data),
  traceId,
});

export const renderFeedEvent = (event: StoredEvent): FeedEvent => ({
  ...renderEvent(event),
  stream: event.stream,
  spanId: event.spanId,
  position: event.position,
});
