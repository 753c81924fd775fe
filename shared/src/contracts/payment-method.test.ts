import { describe, expect, it } from '@jest/globals';
import { PaymentMethod } from './payment-method.ts';

const errorsOf = (method: string) => PaymentMethod.safeParse(method).error?.issues.map(({ message }) => message) ?? [];

describe('a payment method', () => {
  it.each([
    'tok_visa',
    'credit_card',
    'pm_1NXyzAbc2DEfgH3i4567890',
    'a3f0-4b1c-0123456789ab',
    '12345678901',
    // One digit off, so that no card has it.
    '4111111111111112',
    'tok_1700000000001',
  ])('may be %s', (method) => expect(errorsOf(method)).toEqual([]));

  it.each(['', 'a'.repeat(65), 'tok visa', 'tok.visa', '<tok>', 'tök', 'tok\u0000', 'tok\nvisa', '💳'])(
    'may not be %j: it has another length or other characters',
    (method) => expect(errorsOf(method)).toContain('must be a payment token: 1 to 64 characters of A-Z a-z 0-9 _ -'),
  );

  it.each([
    ['of Visa', '4111111111111111'],
    ['of Mastercard', '5555555555554444'],
    ['of Mastercard, new', '2223003122003222'],
    ['of American Express', '378282246310005'],
    ['of Discover', '6011111111111117'],
    ['of Diners', '30569309025904'],
    ['of JCB', '3566002020360505'],
    ['of UnionPay, 19 digits', '6205500000000000004'],
    ['of Maestro, 12 digits', '501800000009'],
    ['of no network that we know', '1234567812345670'],
    ['with spaces', '4111 1111 1111 1111'],
    ['with dashes', '4111-1111-1111-1111'],
    ['with underscores', '4111_1111_1111_1111'],
    ['one digit at a time', '4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1'],
    ['inside a token', 'tok_4111111111111111'],
    ['between letters', 'card4111111111111111x'],
    ['behind other digits', '00-4111111111111111'],
    ['before its expiry and its security code', '4111111111111111-1227-123'],
    ['among letters of other scripts', 'kart-४-4111 1111 1111 1111'],
  ])('may not hold a card number: %s', (_how, method) => {
    expect(errorsOf(method)).toContain('must not hold a card number: give a token of the payment provider');
  });

  it('is refused without being repeated', () => {
    const refused = PaymentMethod.safeParse('tok_4111111111111111');
    expect(JSON.stringify(refused.error?.issues)).not.toContain('4111');
  });
});
