import { describe, expect, it } from '@jest/globals';
import type { Contact, Occasion } from './occasion.ts';
import { harmless, textOf } from './templates.ts';

const trackingUrl = (trackingNumber: string) => `https://shop.example/follow/${trackingNumber}?lang=en`;
const contact = (customer: Partial<Contact['customer']> = {}): Contact => ({
  kind: 'contact',
  orderId: 'O1',
  customer: { id: 'C1', name: 'Ada Lovelace', ...customer },
  currency: 'EUR',
});
const text = (occasion: Occasion, to = contact()) => textOf(occasion, to, trackingUrl);
const items = [
  { productId: 'PROD001', name: 'Kettle', quantity: 3, priceCents: 1010 },
  { productId: 'PROD002', quantity: 1, priceCents: 5 },
];

describe('the text', () => {
  it('of a received order lists items and prices', () => {
    const { subject, body } = text({ kind: 'order-received', items, totalCents: 3035 });
    expect(subject).toBe('We have received your order');
    expect(body).toBe(`Hello Ada Lovelace,

thank you for your order. We will let you know as soon as it is confirmed.

  3 × Kettle: 30.30 EUR
  1 × PROD002: 0.05 EUR

Total: 30.35 EUR

Your order: O1
`);
  });

  it.each([
    ['JPY', 0, '3 × Kettle: 3030 JPY', 'Total: 3035 JPY'],
    ['KWD', 3, '3 × Kettle: 3.030 KWD', 'Total: 3.035 KWD'],
  ])('writes amounts in %s with its decimals', (currency, decimals, line, total) => {
    const { body } = text({ kind: 'order-received', items, totalCents: 3035, decimals }, { ...contact(), currency });
    expect(body).toContain(line);
    expect(body).toContain(total);
  });

  it('of a shipped order has the tracking link', () => {
    const parcel = { carrier: 'EXPRESS', trackingNumber: 'TRK:1' } as const;
    const { subject, body } = text({ kind: 'order-shipped', parcel });
    expect(subject).toBe('Your order has shipped');
    expect(body).toContain('Carrier: EXPRESS\nTracking number: TRK:1\n');
    expect(body).toContain('https://shop.example/follow/TRK:1?lang=en\n');
  });

  it('of a received order lists its charges after its items', () => {
    const charges = [
      { kind: 'SHIPPING', cents: 499 },
      { kind: 'DISCOUNT', label: 'spring', cents: -100 },
      { kind: 'TAX', label: '//', cents: 20 },
    ] as const;
    expect(text({ kind: 'order-received', items, charges, totalCents: 3454 }).body).toContain(
      '0.05 EUR\n  Shipping: 4.99 EUR\n  spring: -1.00 EUR\n  Tax: 0.20 EUR\n\nTotal: 34.54 EUR',
    );
  });

  it('of a parcel lists what is in it, and has the tracking link', () => {
    const parcel = { carrier: 'EXPRESS', trackingNumber: 'TRK:1' } as const;
    const { subject, body } = text({ kind: 'parcel-shipped', parcel, items: [{ productId: 'PROD002', quantity: 2 }] });
    expect(subject).toBe('A parcel of your order has shipped');
    expect(body).toContain('on its way to you:\n\n  2 × PROD002\n\nCarrier: EXPRESS\nTracking number: TRK:1\n');
    expect(body).toContain('https://shop.example/follow/TRK:1?lang=en\n');
  });

  it('of a shipped order without a parcel has no link', () => {
    expect(text({ kind: 'order-shipped' }).body).not.toContain('Tracking');
  });

  it.each([
    [{ kind: 'order-awaiting-confirmation' }, 'Your order awaits its confirmation', 'once it is confirmed'],
    [{ kind: 'order-confirmed' }, 'Your order is confirmed', 'reserved for you'],
    [{ kind: 'order-processing' }, 'Your order is being prepared', 'will ship soon'],
    [{ kind: 'order-delivered' }, 'Your order was delivered', 'was delivered'],
    [{ kind: 'order-returned' }, 'Your return has arrived', 'Thank you'],
    [{ kind: 'items-returned', items }, 'Your return has arrived', '  1 × PROD002'],
    [{ kind: 'items-cancelled', items, reason: 'late' }, 'Items of your order are cancelled', 'Reason: late'],
    [{ kind: 'order-cancelled', reason: 'changed my mind' }, 'Your order is cancelled', 'Reason: changed my mind'],
    [{ kind: 'order-rejected', reason: 'sold out' }, 'We could not accept your order', 'Reason: sold out'],
    [{ kind: 'payment-received', amountCents: 5998 }, 'Your payment is received', 'your payment of 59.98 EUR.'],
    [{ kind: 'payment-refunded', amountCents: 5000 }, 'Your money is on its way back', 'sent 50.00 EUR back'],
    [
      { kind: 'shipment-out-for-delivery', trackingNumber: 'TRK1' },
      'Your order is out for delivery',
      'https://shop.example/follow/TRK1',
    ],
    [{ kind: 'shipment-exception', trackingNumber: 'TRK1' }, 'The delivery of your order is delayed', 'a problem'],
  ] as [Occasion, string, string][])('of %j', (occasion, subject, part) => {
    const seen = text(occasion);
    expect(seen.subject).toBe(subject);
    expect(seen.body).toContain(part);
    expect(seen.body).toMatch(/^Hello Ada Lovelace,\n\n.*\n\nYour order: O1\n$/s);
  });

  it.each(['order-cancelled', 'order-rejected'] as const)('of %s needs no reason', (kind) => {
    expect(text({ kind }).body).not.toContain('Reason');
    expect(text({ kind, reason: '\r\n' }).body).not.toContain('Reason');
  });

  it('greets customers without a name, or without a printable one', () => {
    expect(text({ kind: 'order-confirmed' }, contact({ name: undefined })).body).toMatch(/^Hello,\n/);
    expect(text({ kind: 'order-confirmed' }, contact({ name: '\u202e//' })).body).toMatch(/^Hello,\n/);
  });

  it('names a product by its id when its name is not printable', () => {
    const odd = [{ productId: 'PROD001', name: '////', quantity: 1, priceCents: 1 }];
    expect(text({ kind: 'order-received', items: odd, totalCents: 1 }).body).toContain('1 × PROD001: 0.01 EUR');
  });
});

describe('text that customers typed', () => {
  it.each([
    ['Ada Lovelace', 'Ada Lovelace'],
    ['Zoë O’Brien-Müller, jr.', 'Zoë O’Brien-Müller, jr.'],
    ['李小龍', '李小龍'],
    ['J.R. Smith', 'J. R. Smith'],
    ['1.5 l (blue)', '1.5 l (blue)'],
  ])('%s stays readable', (typed, shown) => {
    expect(harmless(typed, 60)).toBe(shown);
  });

  it.each([
    ['a new line and a header', 'Ada\r\nBcc: all@shop.example\r\n\r\nBuy!', 'Ada Bcc: all shop. example Buy!'],
    ['an address to click', 'Win at https://evil.example/now', 'Win at https: evil. example now'],
    ['markup', '<b onclick="x">Ada</b>', 'b onclick "x" Ada b'],
    ['control and direction characters', 'A\u0000d\u202ea\u200b\u0007', 'A d a'],
    ['a separator of lines that is none in ASCII', 'Ada\u2028Bcc: x\u0085y', 'Ada Bcc: x y'],
  ])('%s becomes words on one line', (_what, typed, shown) => {
    expect(harmless(typed, 60)).toBe(shown);
  });

  it('is cut between characters when it is long', () => {
    expect(harmless('a'.repeat(300), 60)).toBe(`${'a'.repeat(60)}…`);
    expect(harmless('𠮷'.repeat(61), 60)).toBe(`${'𠮷'.repeat(60)}…`);
  });
});
