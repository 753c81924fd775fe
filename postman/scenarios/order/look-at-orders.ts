import { deleteOrder } from '@oms/shared/contracts/order-commands';
import {
  checkAvailability,
  getOrder,
  getOrderEvents,
  listOrders,
  placeOrder,
} from '@oms/shared/contracts/order-endpoints';
import { absent, below, every, matching } from '../../matcher.ts';
import { alsoSays, folder, refuses, says, step } from '../../step.ts';
import { cancelled, orderOf, twoProducts } from '../bodies.ts';

export const lookAtOrders = folder(
  'Look at an order',
  'The past of an order, lists, and whether a cart could be ordered.',
  [
    step(getOrderEvents, 'Get Order Timeline', 'The same events as a text that a person can read in a terminal.', {
      headers: { Accept: 'text/plain' },
      expect: says('the timeline is plain text, one line per event', 200, {
        headers: { 'Content-Type': matching(/^text\/plain/) },
        check: () => {
          pm.expect(pm.response.text()).to.include(pm.collectionVariables.get('orderId'));
          pm.expect(pm.response.text()).to.match(/order\.placed .*\d × prod1/);
          pm.expect(pm.response.text()).to.include('PENDING → CONFIRMED');
        },
      }),
    }),
    step(getOrder, 'Get Order as First Placed', 'The order as it was at version 1, rebuilt from its events.', {
      query: { version: 1 },
      expect: says('nothing was done for it yet', 200, {
        body: { status: 'PENDING', version: 1, reservation: absent, payment: absent },
      }),
    }),
    step(getOrder, 'Get Unknown Version', 'A version that the order has not reached.', {
      query: { version: 9999 },
      expect: refuses('there is no such version', 404, 'ORDER_NOT_FOUND'),
    }),
    step(getOrder, 'Get Unknown Order', 'An order that nobody placed.', {
      params: { id: 'no-such-order' },
      expect: refuses('there is no such order', 404, 'ORDER_NOT_FOUND'),
    }),
    step(checkAvailability, 'Check Cart', 'Whether a cart could be ordered right now.', {
      query: { items: twoProducts },
      expect: says('the cart could be ordered, and inventory says so itself', 200, {
        body: { available: true, optimistic: false, items: twoProducts },
        check: ({ items }) => {
          for (const { inStock = 0, quantity } of items) pm.expect(inStock).to.be.at.least(quantity);
        },
      }),
    }),
    step(checkAvailability, 'Check Too Large a Cart', 'The same about one product, and more of it than there is.', {
      query: { productId: 'prod1', quantity: 100000 },
      expect: says('so many are not there', 200, { body: { available: false, items: [{ inStock: below(100000) }] } }),
    }),
    step(placeOrder, 'Place Another Order', 'A second order of the same customer, so that a list has two pages.', {
      body: orderOf({ prod2: 1 }),
      expect: says('the order is confirmed', 201, {
        body: { status: 'CONFIRMED' },
        keep: ({ id }) => ({ secondOrderId: id }),
      }),
    }),
    step(listOrders, 'List Orders of a Customer', 'Orders by customer, status and time.', {
      query: { customerId: '{{customerId}}', status: 'CONFIRMED', from: '{{placedAt}}', to: '2999-12-31T00:00:00Z' },
      expect: says('only orders of this customer in this state and time are listed', 200, {
        body: { items: every({ customer: { id: '{{customerId}}' }, status: 'CONFIRMED' }), nextCursor: null },
        check: ({ items }) => {
          const placedAt = Date.parse(String(pm.collectionVariables.get('placedAt')));
          for (const { createdAt } of items) pm.expect(Date.parse(createdAt)).to.be.at.least(placedAt);
          pm.expect(items.map(({ id }) => id)).to.include(pm.collectionVariables.get('orderId'));
        },
      }),
    }),
    step(listOrders, 'List Orders', 'The newest order of the customer, and the cursor to the rest.', {
      query: { customerId: '{{customerId}}', limit: 1 },
      expect: [
        says('the newest order comes first', 200, { body: { items: [{ id: '{{secondOrderId}}' }] } }),
        alsoSays('the way to the next page is given twice', {
          check: ({ nextCursor }) => {
            pm.expect(nextCursor).to.be.a('string');
            pm.expect(pm.response.headers.get('Link')).to.include(`cursor=${nextCursor}`).and.include('rel="next"');
          },
          keep: ({ nextCursor }) => ({ cursor: nextCursor }),
        }),
      ],
    }),
    step(listOrders, 'List Orders, Next Page', 'The order before.', {
      query: { customerId: '{{customerId}}', limit: 1, cursor: '{{cursor}}' },
      expect: says('the first order comes last', 200, { body: { items: [{ id: '{{orderId}}' }], nextCursor: null } }),
    }),
    step(deleteOrder, 'Delete Order', 'Cancels the second order: money and stock are given back.', {
      params: { id: '{{secondOrderId}}' },
      expect: says('the order is cancelled', 200, { body: cancelled }),
    }),
    step(deleteOrder, 'Delete Order Again', 'Cancelling what is cancelled changes nothing.', {
      params: { id: '{{secondOrderId}}' },
      expect: says('it is cancelled as before', 200, { body: { status: 'CANCELLED' } }),
    }),
  ],
);
