import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http2';
import * as restate from '@restatedev/restate-sdk';
import { confirmed, hops, ordered } from './hops.js';
import { writesOf } from './orders-table.js';

// Restate's SDK wants a newer Node than the rest.
Promise.withResolvers ??= () => {
  const one = {};
  one.promise = new Promise((resolve, reject) => Object.assign(one, { resolve, reject }));
  return one;
};

/** The same work as a durable handler of Restate, called by its server. */
const { reserve, authorize } = hops(process.env.PARTICIPANTS_URL);
const { insert, update } = await writesOf();

const orders = restate.service({
  name: 'orders',
  handlers: {
    place: async (ctx, wish) => {
      const id = await ctx.run('id', () => randomUUID());
      const order = ordered(id, wish);
      if (insert) await ctx.run('create-order', () => insert(order));
      const reservation = await ctx.run('reserve-stock', () => reserve(order));
      const payment = await ctx.run('authorize-payment', () => authorize(order));
      const done = confirmed(order, reservation, payment);
      if (update) await ctx.run('confirm-order', () => update(done));
      return done;
    },
  },
});

const server = createServer(restate.createEndpointHandler({ services: [orders] }));
server.listen(0, '127.0.0.1', () => process.send({ ready: server.address().port }));
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
