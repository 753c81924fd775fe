import { folder } from '../step.ts';
import { badRequests } from './failures/bad-requests.ts';
import { chaosMode } from './failures/chaos-mode.ts';
import { declinedCard } from './failures/declined-card.ts';
import { inventoryOutage } from './failures/inventory-outage.ts';
import { lostPaymentAnswer } from './failures/lost-payment-answer.ts';
import { outOfStock } from './failures/out-of-stock.ts';
import { paymentOutage } from './failures/payment-outage.ts';
import { repeatedAndReusedKeys } from './failures/repeated-and-reused-keys.ts';
import { theBooks } from './failures/the-books.ts';

export const failures = folder('Failure Scenarios', 'What goes wrong, and what becomes of it.', [
  outOfStock,
  declinedCard,
  lostPaymentAnswer,
  paymentOutage,
  inventoryOutage,
  chaosMode,
  repeatedAndReusedKeys,
  badRequests,
  theBooks,
]);
