import { moneyText } from '@oms/shared/money';
import type { Charge, Contact, Occasion, OrderLine } from './occasion.ts';

export interface Text {
  subject: string;
  body: string;
}

/** The address where the customer tracks the parcel with this number. */
export type TrackingUrl = (trackingNumber: string) => string;

/** The text for the customer. */
export function textOf(occasion: Occasion, { orderId, customer, currency }: Contact, trackingUrl: TrackingUrl): Text {
  const { subject, lines } = said(occasion, currency, trackingUrl);
  const name = customer.name === undefined ? '' : harmless(customer.name, 60);
  const greeting = name === '' ? 'Hello,' : `Hello ${name},`;
  return { subject, body: [greeting, '', ...lines, '', `Your order: ${orderId}`, ''].join('\n') };
}

function said(occasion: Occasion, currency: string, trackingUrl: TrackingUrl): { subject: string; lines: string[] } {
  switch (occasion.kind) {
    case 'order-received':
      return {
        subject: 'We have received your order',
        lines: [
          'thank you for your order. We will let you know as soon as it is confirmed.',
          '',
          ...occasion.items.map((item) => `  ${lineOf(item, currency, occasion.decimals)}`),
          ...(occasion.charges ?? []).map((charge) => `  ${chargeOf(charge, currency, occasion.decimals)}`),
          '',
          `Total: ${moneyText(occasion.totalCents, currency, occasion.decimals)}`,
        ],
      };
    case 'order-awaiting-confirmation':
      return {
        subject: 'Your order awaits its confirmation',
        lines: [
          'your items are set aside for you. The order goes ahead once it is confirmed; if it is not confirmed in time, it',
          'is cancelled and nothing is charged.',
        ],
      };
    case 'order-confirmed':
      return {
        subject: 'Your order is confirmed',
        lines: ['your order is confirmed and its items are reserved for you. We will let you know when it ships.'],
      };
    case 'order-processing':
      return { subject: 'Your order is being prepared', lines: ['your order is being packed and will ship soon.'] };
    case 'order-shipped':
      return {
        subject: 'Your order has shipped',
        lines: ['your order is on its way to you.', ...parcelLines(occasion.parcel, trackingUrl)],
      };
    case 'parcel-shipped':
      return {
        subject: 'A parcel of your order has shipped',
        lines: [
          'a parcel of your order is on its way to you:',
          ...listed(occasion.items, currency),
          ...parcelLines(occasion.parcel, trackingUrl),
        ],
      };
    case 'items-cancelled':
      return {
        subject: 'Items of your order are cancelled',
        lines: [
          'these items of your order are cancelled, and you do not pay for them:',
          ...listed(occasion.items, currency),
          ...reasonLines(occasion.reason),
        ],
      };
    case 'items-returned':
      return {
        subject: 'Your return has arrived',
        lines: ['your return has arrived. Thank you for sending it back.', ...listed(occasion.items, currency)],
      };
    case 'order-delivered':
      return { subject: 'Your order was delivered', lines: ['your order was delivered. We hope that you enjoy it.'] };
    case 'order-cancelled':
      return {
        subject: 'Your order is cancelled',
        lines: ['your order is cancelled, and you do not pay for it.', ...reasonLines(occasion.reason)],
      };
    case 'order-rejected':
      return {
        subject: 'We could not accept your order',
        lines: [
          'we are sorry: we could not accept your order. You do not pay for it.',
          ...reasonLines(occasion.reason),
        ],
      };
    case 'order-returned':
      return { subject: 'Your return has arrived', lines: ['your return has arrived. Thank you for sending it back.'] };
    case 'payment-received':
      return {
        subject: 'Your payment is received',
        lines: [`we have received your payment of ${moneyText(occasion.amountCents, currency, occasion.decimals)}.`],
      };
    case 'payment-refunded':
      return {
        subject: 'Your money is on its way back',
        lines: [
          `we have sent ${moneyText(occasion.amountCents, currency, occasion.decimals)} back to you. Until you see it, your bank may take a few days.`,
        ],
      };
    case 'shipment-out-for-delivery':
      return {
        subject: 'Your order is out for delivery',
        lines: ['your order is out for delivery.', '', ...trackingLines(occasion.trackingNumber, trackingUrl)],
      };
    case 'shipment-exception':
      return {
        subject: 'The delivery of your order is delayed',
        lines: [
          'the carrier reports a problem with the delivery of your order, and keeps working on it.',
          '',
          ...trackingLines(occasion.trackingNumber, trackingUrl),
        ],
      };
  }
}

function lineOf({ productId, name, quantity, priceCents }: OrderLine, currency: string, decimals?: number): string {
  const line = `${quantity} × ${(name && harmless(name, 80)) || productId}`;
  return priceCents === undefined ? line : `${line}: ${moneyText(quantity * priceCents, currency, decimals)}`;
}

const CHARGES = { SHIPPING: 'Shipping', TAX: 'Tax', FEE: 'Fee', DISCOUNT: 'Discount' } as const;

function chargeOf({ kind, label, cents }: Charge, currency: string, decimals?: number): string {
  return `${(label && harmless(label, 80)) || CHARGES[kind]}: ${moneyText(cents, currency, decimals)}`;
}

const listed = (items: readonly OrderLine[], currency: string): string[] => [
  '',
  ...items.map((item) => `  ${lineOf(item, currency)}`),
];

const reasonLines = (reason: string | undefined): string[] => {
  const text = reason === undefined ? '' : harmless(reason, 300);
  return text === '' ? [] : ['', `Reason: ${text}`];
};

const parcelLines = (parcel: { carrier: string; trackingNumber: string } | undefined, url: TrackingUrl): string[] =>
  parcel ? ['', `Carrier: ${parcel.carrier}`, ...trackingLines(parcel.trackingNumber, url)] : [];

const trackingLines = (trackingNumber: string, url: TrackingUrl): string[] => [
  `Tracking number: ${trackingNumber}`,
  `Follow it: ${url(trackingNumber)}`,
];

/**
 * Foreign text as words on one line: no control characters, no markup, and nothing that a mail program would turn into a
 * link, because the shop vouches for its mails.
 */
export function harmless(text: string, longest: number): string {
  const words = text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N} .,;:'’"()&+#%!?_-]/gu, ' ')
    .replaceAll(/\.(?=\p{L})/gu, '. ')
    .replaceAll(/ +/g, ' ')
    .trim();
  const characters = [...words];
  return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : words;
}
