import { describe, expect, it } from '@jest/globals';
import { OrderStatus } from '@oms/shared/contracts/order';
import { after, event, failure, orderIn } from '../../../tests/order-history.ts';
import { apply, type Order } from './order.ts';
import { type Command, mayChangeAddress, mayFollow } from './order-rules.ts';
import type { SagaName } from './saga-progress.ts';

const SAGAS: SagaName[] = ['place-order', 'fulfil-order', 'cancel-order', 'return-order'];
const ALLOWED: Record<Command, OrderStatus[]> = {
  confirm: ['AWAITING_CONFIRMATION'],
  process: ['CONFIRMED'],
  fulfill: ['CONFIRMED', 'PROCESSING'],
  cancel: ['PENDING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'],
  return: ['DELIVERED'],
  deliver: ['SHIPPED'],
  'follow its parcel': ['SHIPPED'],
};
const COMMANDS = Object.keys(ALLOWED) as Command[];
const allowed = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ status: 409 });
    return false;
  }
};

describe.each(COMMANDS)('the command to %s', (command) => {
  it.each(OrderStatus.options)('follows on %s only if it may', (status) => {
    expect(allowed(() => mayFollow(orderIn(status), command))).toBe(ALLOWED[command].includes(status));
  });

  it.each(SAGAS)('takes the place of %s under way only if it cancels', (name) => {
    for (const status of ALLOWED[command]) {
      expect(allowed(() => mayFollow(orderIn(status, name), command))).toBe(command === 'cancel');
    }
  });
});

describe('a cancellation', () => {
  it('comes too late for a saga that is being undone, or can only go forward', () => {
    const pivot = apply(
      orderIn('CONFIRMED', 'fulfil-order'),
      event('saga.pivot-passed', { saga: 'fulfil-order', step: 'capture-payment' }),
    );
    const undoing = after(event('saga.undoing', { saga: 'place-order', steps: ['reserve-stock'], failure }));
    for (const order of [undoing, pivot]) expect(allowed(() => mayFollow(order, 'cancel'))).toBe(false);
  });

  it('is refused with the reason', () => {
    expect(() => mayFollow(orderIn('SHIPPED'), 'cancel')).toThrow('Order O1 is SHIPPED: it cannot be told to cancel.');
    expect(() => mayFollow(orderIn('DELIVERED', 'return-order'), 'cancel')).toThrow(
      'Order O1 is DELIVERED, and its return-order is under way: it cannot be told to cancel.',
    );
  });
});

describe('the address', () => {
  const open: OrderStatus[] = ['PENDING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'];
  const may = (order: Order) => allowed(() => mayChangeAddress(order));

  it.each(OrderStatus.options)('of an order that is %s can be changed until it leaves', (status) => {
    expect(may(orderIn(status))).toBe(open.includes(status));
  });

  it.each(SAGAS)('can be changed while %s is under way only if that is the placing', (name) => {
    expect(may(orderIn('CONFIRMED', name))).toBe(name === 'place-order');
  });
});
