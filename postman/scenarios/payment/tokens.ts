import { authorizePayment, listTransactions, refundPayment } from '@oms/shared/contracts/payment';
import { ledgerAddsUp } from '../../scripts.ts';
import { alsoSays, folder, refuses, says, step } from '../../step.ts';
import { paymentOf } from '../bodies.ts';

export const tokens = folder(
  'Tokens of the simulated provider',
  'Cards that are declined, an answer that is lost, a provider that fails, methods that are none.',
  [
    step(authorizePayment, 'Authorize a Declined Card', 'tok_declined', {
      body: paymentOf('{{newId}}', 'tok_declined'),
      before: { newId: 'paidFor' },
      expect: refuses('the card is declined', 402, 'PAYMENT_DECLINED'),
    }),
    step(authorizePayment, 'Authorize without Funds', 'tok_insufficient_funds', {
      body: paymentOf('{{newId}}', 'tok_insufficient_funds'),
      before: { newId: 'paidFor' },
      expect: refuses('the card is declined', 402, 'PAYMENT_DECLINED'),
    }),
    step(authorizePayment, 'Authorize with an Unknown Method', 'What the provider does not know it declines.', {
      body: paymentOf('{{newId}}', 'failing_payment_method'),
      before: { newId: 'paidFor' },
      expect: refuses('the method is declined, because nobody knows it', 402, 'PAYMENT_DECLINED', {
        body: { reason: 'unknown_payment_method' },
      }),
    }),
    step(authorizePayment, 'Authorize with a Card Number', 'A card number is no token: refused, and kept nowhere.', {
      body: paymentOf('{{newId}}', '4111-1111-1111-1111'),
      before: { newId: 'paidFor' },
      expect: refuses('the card number is refused, and not repeated', 400, 'VALIDATION_FAILED', {
        body: { errors: [{ path: 'paymentMethod' }] },
        check: () => pm.expect(pm.response.text()).to.not.include('4111'),
      }),
    }),
    step(authorizePayment, 'Authorize with a Lost Answer', 'tok_lost_answer: charged, and the answer is lost.', {
      body: paymentOf('{{newId}}', 'tok_lost_answer'),
      before: { newId: 'paidFor' },
      expect: refuses('nobody knows whether it happened', 502, 'PROVIDER_ERROR'),
    }),
    step(authorizePayment, 'Ask Again after the Lost Answer', 'The same again finds out.', {
      body: paymentOf('{{paidFor}}', 'tok_lost_answer'),
      expect: says('the payment is authorized', 201, {
        body: { orderId: '{{paidFor}}', status: 'AUTHORIZED' },
        keep: (payment) => ({ paymentId: payment.id }),
      }),
    }),
    step(listTransactions, 'List Transactions after the Lost Answer', 'It was charged once.', {
      expect: [
        says('there is one authorization', 200, {
          body: { paymentId: '{{paymentId}}', items: [{ type: 'AUTHORIZE' }] },
        }),
        alsoSays('the ledger adds up', { check: ledgerAddsUp }),
      ],
    }),
    step(refundPayment, 'Void the Found Payment', 'And it is given back.', {
      body: { orderId: '{{paidFor}}' },
      expect: says('nothing is held any more', 200, { body: { orderId: '{{paidFor}}', status: 'VOIDED' } }),
    }),
    step(authorizePayment, 'Authorize in an Outage', 'tok_outage: the provider fails however often one asks.', {
      body: paymentOf('{{newId}}', 'tok_outage'),
      before: { newId: 'paidFor' },
      expect: refuses('the provider failed for this payment', 502, 'PROVIDER_ERROR'),
    }),
    step(refundPayment, 'Void after the Outage', 'Whatever may have happened is undone.', {
      body: { orderId: '{{paidFor}}' },
      expect: says('nothing is held', 200, { body: { orderId: '{{paidFor}}', status: 'VOIDED' } }),
    }),
  ],
);
