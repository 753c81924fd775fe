import { moneyText } from '@oms/shared/money';
import type { Contact, Occasion } from './occasion.ts';
import { type Text, type TrackingUrl, textOf } from './templates.ts';

/** What two text messages hold together, of the plain letters that are in it. */
const LONGEST = 306;

/** The same as a text message: one line, and no words of strangers in it. What would be too long is left out. */
export function shortTextOf(occasion: Occasion, contact: Contact, trackingUrl: TrackingUrl): Text {
  const { subject } = textOf(occasion, contact, trackingUrl);
  const brief = `${subject}. Order ${contact.orderId}.`;
  const whole = [brief, ...detailOf(occasion, contact, trackingUrl)].join(' ');
  return { subject, body: whole.length > LONGEST ? brief : whole };
}

function detailOf(occasion: Occasion, { currency }: Contact, trackingUrl: TrackingUrl): string[] {
  switch (occasion.kind) {
    case 'order-received':
      return [`Total: ${moneyText(occasion.totalCents, currency, occasion.decimals)}`];
    case 'payment-received':
    case 'payment-refunded':
      return [`Amount: ${moneyText(occasion.amountCents, currency, occasion.decimals)}`];
    case 'order-shipped':
    case 'parcel-shipped':
      return occasion.parcel ? [`Follow it: ${trackingUrl(occasion.parcel.trackingNumber)}`] : [];
    case 'shipment-out-for-delivery':
    case 'shipment-exception':
      return [`Follow it: ${trackingUrl(occasion.trackingNumber)}`];
    default:
      return [];
  }
}
