import { describe, expect, it } from '@jest/globals';
import type { Contact, Occasion } from './occasion.ts';
import { shortTextOf } from './short-text.ts';

const contact: Contact = {
  ...{ kind: 'contact', orderId: 'O1', currency: 'JPY', customer: { id: 'C1', name: 'Ada', phone: '+15005550006' } },
};
const of = (occasion: Occasion, url = 'https://shop.example/t/') =>
  shortTextOf(occasion, contact, (number) => url + number).body;

describe('a text message', () => {
  it.each<[Occasion, string]>([
    [
      { kind: 'order-received', items: [], totalCents: 500, decimals: 0 },
      'We have received your order. Order O1. Total: 500 JPY',
    ],
    [
      { kind: 'payment-received', amountCents: 500, decimals: 0 },
      'Your payment is received. Order O1. Amount: 500 JPY',
    ],
    [
      { kind: 'order-shipped', parcel: { carrier: 'STANDARD', trackingNumber: 'TRK1' } },
      'Your order has shipped. Order O1. Follow it: https://shop.example/t/TRK1',
    ],
    [{ kind: 'order-shipped' }, 'Your order has shipped. Order O1.'],
    [
      { kind: 'parcel-shipped', parcel: { carrier: 'STANDARD', trackingNumber: 'TRK1' }, items: [] },
      'A parcel of your order has shipped. Order O1. Follow it: https://shop.example/t/TRK1',
    ],
    [
      { kind: 'shipment-exception', trackingNumber: 'TRK1' },
      'The delivery of your order is delayed. Order O1. Follow it: https://shop.example/t/TRK1',
    ],
    [{ kind: 'order-rejected', reason: 'call +1 900 555 0100' }, 'We could not accept your order. Order O1.'],
  ])('says what matters: %j', (occasion, text) => expect(of(occasion)).toBe(text));

  it('leaves out what would make it longer than two', () => {
    const url = (letters: number) => `https://shop.example/${'x'.repeat(letters)}`;
    const parcel = { kind: 'shipment-exception', trackingNumber: 'TRK1' } as const;
    expect(of(parcel, url(221))).toHaveLength(306);
    expect(of(parcel, url(222))).toBe('The delivery of your order is delayed. Order O1.');
  });
});
