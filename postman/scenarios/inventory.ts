import { checkStock, getStock } from '@oms/shared/contracts/inventory';
import { folder, says, step } from '../step.ts';
import { twoProducts } from './bodies.ts';
import { everyService, healthCheck } from './every-service.ts';
import { goodsThatLeaveAndComeBack } from './inventory/goods-that-leave-and-come-back.ts';
import { reservations } from './inventory/reservations.ts';
import { stock } from './inventory/stock.ts';

export const inventory = folder('Inventory Service', 'Stock levels, and the reservations that orders hold.', [
  healthCheck('inventory'),
  step(getStock, 'Get Inventory Status', 'How much of a product is there, and how much of that is promised.', {
    expect: says('what is available is what is there and not reserved', 200, {
      body: { productId: 'prod1' },
      check: ({ available, onHand, reserved, initial, added, restocked, shipped }) => {
        pm.expect(available).to.equal(onHand - reserved);
        pm.expect(onHand).to.equal(initial + added + restocked - shipped);
      },
    }),
  }),
  step(checkStock, 'Check Inventory', 'Whether all items of a cart are there.', {
    query: { items: twoProducts },
    expect: says('all items are there', 200, {
      body: { available: true, items: twoProducts.map((item) => ({ ...item, available: true })) },
    }),
  }),
  stock,
  reservations,
  goodsThatLeaveAndComeBack,
  everyService('inventory'),
]);
