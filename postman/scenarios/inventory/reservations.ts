import {
  commitStock,
  getReservation,
  getStock,
  listReservations,
  releaseStock,
  reserveStock,
} from '@oms/shared/contracts/inventory';
import { below, every } from '../../matcher.ts';
import { differs, rememberLevel } from '../../scripts.ts';
import { folder, refuses, says, step, using } from '../../step.ts';
import { reservationOf } from '../bodies.ts';

export const reservations = folder(
  'Reservations',
  'What the saga of an order asks for, asked for directly. All is given back at the end.',
  [
    step(reserveStock, 'Reserve Stock', 'All lines or none; several lines of one product count together.', {
      body: reservationOf('{{newId}}'),
      before: { newId: 'reservedFor', run: rememberLevel },
      expect: says('all items are reserved', 201, {
        body: { ...reservationOf('{{reservedFor}}'), status: 'RESERVED' },
      }),
    }),
    step(reserveStock, 'Reserve Stock Again', 'A repeated request gets the same reservation, and takes nothing more.', {
      body: reservationOf('{{reservedFor}}'),
      expect: says('it is the same reservation', 201, { body: { orderId: '{{reservedFor}}', status: 'RESERVED' } }),
    }),
    step(getStock, 'Get Level while Reserved', 'Two lines of one each were reserved, once.', {
      expect: says('two fewer are available, not four', 200, { check: using(differs, { reserved: 2, onHand: 0 }) }),
    }),
    step(getReservation, 'Get Reservation', 'The reservation of an order.', {
      expect: says('it is held', 200, { body: { orderId: '{{reservedFor}}', status: 'RESERVED' } }),
    }),
    step(listReservations, 'List Reservations', 'All live reservations, the newest order first.', {
      query: { status: 'RESERVED', limit: 200 },
      expect: says('only live reservations are listed', 200, { body: { items: every({ status: 'RESERVED' }) } }),
    }),
    step(releaseStock, 'Release Stock', 'Gives the reservation back.', {
      body: { orderId: '{{reservedFor}}' },
      expect: says('it is given back', 200, { body: { orderId: '{{reservedFor}}', status: 'RELEASED' } }),
    }),
    step(releaseStock, 'Release Stock Again', 'A repeated release changes nothing.', {
      body: { orderId: '{{reservedFor}}' },
      expect: says('it is given back as before', 200, { body: { orderId: '{{reservedFor}}', status: 'RELEASED' } }),
    }),
    step(reserveStock, 'Reserve after the Release', 'A request that was overtaken by its own release.', {
      body: reservationOf('{{reservedFor}}'),
      expect: refuses('the reservation stays closed', 409, 'RESERVATION_CLOSED'),
    }),
    step(getStock, 'Get Level after the Release', 'Nothing is missing.', {
      expect: says('the level is as before', 200, { check: using(differs, { reserved: 0, available: 0 }) }),
    }),
    step(releaseStock, 'Release What Was Never Reserved', 'An undo that comes before its request is remembered.', {
      body: { orderId: '{{newId}}' },
      before: { newId: 'reservedFor' },
      expect: says('it is remembered as given back', 200, {
        body: { orderId: '{{reservedFor}}', status: 'RELEASED' },
      }),
    }),
    step(reserveStock, 'Reserve Too Late', 'The request arrives after its undo.', {
      body: reservationOf('{{reservedFor}}'),
      expect: refuses('it takes nothing any more', 409, 'RESERVATION_CLOSED'),
    }),
    step(reserveStock, 'Reserve Too Much', 'One line that cannot be met: none is reserved.', {
      body: {
        orderId: '{{newId}}',
        items: [
          { productId: 'prod2', quantity: 1 },
          { productId: 'prod1', quantity: 100000 },
        ],
      },
      before: { newId: 'reservedFor' },
      expect: refuses('it says which item is short, and how many are left', 409, 'OUT_OF_STOCK', {
        body: { items: [{ productId: 'prod1', requested: 100000, available: below(100000) }] },
      }),
    }),
    step(reserveStock, 'Reserve an Unknown Product', 'A product that nobody has.', {
      body: { orderId: '{{reservedFor}}', items: [{ productId: 'no-such-product', quantity: 1 }] },
      expect: refuses('there is no such product', 409, 'PRODUCT_NOT_FOUND'),
    }),
    step(getReservation, 'Get a Refused Reservation', 'What was refused left nothing behind.', {
      expect: refuses('there is no reservation', 404, 'RESERVATION_NOT_FOUND'),
    }),
    step(commitStock, 'Commit What Was Never Reserved', 'Goods that nobody reserved cannot leave.', {
      body: { orderId: '{{reservedFor}}' },
      expect: refuses('there is no reservation to commit', 409, 'RESERVATION_NOT_FOUND'),
    }),
  ],
);
