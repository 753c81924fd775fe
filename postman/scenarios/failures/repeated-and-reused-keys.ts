import { cancelOrder } from '@oms/shared/contracts/order-commands';
import { listOrders, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { absent } from '../../matcher.ts';
import { isFirstAnswer } from '../../scripts.ts';
import { folder, refuses, says, step } from '../../step.ts';
import { orderOf } from '../bodies.ts';
import { cancelTheOrder } from './recurring.ts';

export const repeatedAndReusedKeys = folder(
  'Repeated and reused keys',
  'The same request with the same Idempotency-Key is carried out once.',
  [
    step(placeOrder, 'Order with a Key', 'The first request with this key.', {
      headers: { 'Idempotency-Key': '{{requestKey}}' },
      body: orderOf({ prod2: 1 }),
      before: { set: { requestKey: '{{$guid}}', customerId: 'postman-{{$guid}}' } },
      expect: says('the order is confirmed', 201, {
        headers: { 'Idempotent-Replayed': absent },
        body: { status: 'CONFIRMED' },
        check: () => pm.collectionVariables.set('firstAnswer', pm.response.text()),
        keep: ({ id }) => ({ orderId: id }),
      }),
    }),
    step(placeOrder, 'Repeated Key', 'The same request once more, as after a lost answer.', {
      headers: { 'Idempotency-Key': '{{requestKey}}' },
      body: orderOf({ prod2: 1 }),
      expect: says('it is the first answer again, byte for byte', 201, {
        headers: { 'Idempotent-Replayed': 'true' },
        check: isFirstAnswer,
      }),
    }),
    step(placeOrder, 'Repeated Key in Quotes', 'A quoted key is the same key.', {
      headers: { 'Idempotency-Key': '"{{requestKey}}"' },
      body: orderOf({ prod2: 1 }),
      expect: says('it is the first answer again, byte for byte', 201, {
        headers: { 'Idempotent-Replayed': 'true' },
        check: isFirstAnswer,
      }),
    }),
    step(placeOrder, 'Reused Key', 'The same key for another order.', {
      headers: { 'Idempotency-Key': '{{requestKey}}' },
      body: orderOf({ prod1: 1 }),
      expect: refuses('a key stands for one request', 422, 'IDEMPOTENCY_KEY_REUSED'),
    }),
    step(cancelOrder, 'Reused Key on Another Path', 'The same key for another command.', {
      headers: { 'Idempotency-Key': '{{requestKey}}' },
      expect: refuses('a key stands for one request', 422, 'IDEMPOTENCY_KEY_REUSED'),
    }),
    step(listOrders, 'List Orders of the Key', 'Five requests, one order.', {
      query: { customerId: '{{customerId}}' },
      expect: says('there is one order, and nothing has happened to it', 200, {
        body: { items: [{ id: '{{orderId}}', status: 'CONFIRMED' }] },
      }),
    }),
    cancelTheOrder('Cancel the Order of the Key'),
    step(placeOrder, 'Repeated Key after the Cancel', 'The answer stays the first one, whatever became of the order.', {
      headers: { 'Idempotency-Key': '{{requestKey}}' },
      body: orderOf({ prod2: 1 }),
      expect: says('it is the first answer again, byte for byte', 201, {
        headers: { 'Idempotent-Replayed': 'true' },
        check: isFirstAnswer,
      }),
    }),
  ],
);
