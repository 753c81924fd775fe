import { z } from 'zod';

const LONGEST = 64;

/** Never the number of a card: only a token of a provider is stored, sent on or logged. */
export const PaymentMethod = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be a payment token: 1 to 64 characters of A-Z a-z 0-9 _ -')
  .refine(
    (method) => method.length > LONGEST || !holdsCardNumber(method),
    'must not hold a card number: give a token of the payment provider',
  )
  .meta({ description: "A token of the payment provider, never a card's number", example: 'tok_visa' });

/** The shortest and the longest card numbers. */
const SHORTEST_CARD = 12;
const LONGEST_CARD = 19;
const RUNS = /\d(?:[ _-]*\d){11,}/g;
/** How the numbers of the card networks begin. */
const NETWORK = /[2-6]/;

/** Whether digits, perhaps in groups, could be a card number: a whole row of them, or a part that begins like one. */
function holdsCardNumber(text: string): boolean {
  return (text.match(RUNS) ?? []).some((run) => {
    const digits = run.replace(/\D/g, '');
    if (digits.length <= LONGEST_CARD && passesLuhn(digits)) return true;
    for (let from = 0; from <= digits.length - SHORTEST_CARD; from++) {
      if (!NETWORK.test(digits[from] as string)) continue;
      for (let length = SHORTEST_CARD; length <= LONGEST_CARD && from + length <= digits.length; length++) {
        if (passesLuhn(digits.slice(from, from + length))) return true;
      }
    }
    return false;
  });
}

/** Every second digit from the right counts double; the sum of all digits ends in 0. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const doubled = Number(digits[digits.length - 1 - i]) * ((i % 2) + 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
