import { describe, expect, it } from '@jest/globals';
import { created, isWanted, rotated, signingSecrets } from './webhook.ts';

const NOW = 1_000_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const made = () => created('W1', { url: 'https://shop.example/', events: ['order.*'] }, false, 'first', NOW);

describe('a subscription', () => {
  it.each([
    [['*'], ['order.placed', 'payment.captured', 'shipment.created']],
    [['order.*'], ['order.placed']],
    [['payment.captured'], ['payment.captured']],
    [
      ['order.placed', 'shipment.*'],
      ['order.placed', 'shipment.created'],
    ],
    [['order.status-changed'], []],
  ])('to %j wants %j', (events, wanted) => {
    const all = ['order.placed', 'payment.captured', 'shipment.created'];
    expect(all.filter((type) => isWanted({ events }, type))).toEqual(wanted);
  });

  it('to a family wants no type that only begins alike', () => {
    expect(isWanted({ events: ['order.*'] }, 'orders.placed')).toBe(false);
  });
});

describe('a secret', () => {
  it('that is replaced signs for another day, after the new one', () => {
    const webhook = rotated(made(), 'second', NOW);
    expect(signingSecrets(webhook, NOW + DAY_MS - 1)).toEqual(['second', 'first']);
    expect(signingSecrets(webhook, NOW + DAY_MS)).toEqual(['second']);
  });

  it('that is replaced twice signs for a day after the first time', () => {
    const webhook = rotated(rotated(made(), 'second', NOW), 'third', NOW + 1_000);
    expect(signingSecrets(webhook, NOW + DAY_MS - 1)).toEqual(['third', 'second', 'first']);
    expect(signingSecrets(webhook, NOW + DAY_MS)).toEqual(['third', 'second']);
  });

  it('signs beside four others at most', () => {
    const webhook = Array.from({ length: 9 }, (_, i) => `${i}`).reduce(
      (known, next) => rotated(known, next, NOW),
      made(),
    );
    expect(signingSecrets(webhook, NOW)).toEqual(['8', '7', '6', '5', '4']);
  });
});
