import { expect, it } from '@jest/globals';
import { OrderStatus } from '@oms/shared/contracts/order';
import { orderIn } from '../../test/order-history.ts';
import { isFinal } from './rules.ts';

it('an order is final when it is rejected, cancelled or returned, and has no saga', () => {
  const final = OrderStatus.options.filter((status) => isFinal(orderIn(status)));
  expect(final.sort()).toEqual(['CANCELLED', 'REJECTED', 'RETURNED']);
  expect(OrderStatus.options.filter((status) => isFinal(orderIn(status, 'cancel-order')))).toEqual([]);
});
