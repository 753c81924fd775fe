import type { Caller } from '@oms/shared/contracts/caller';
import type { Cart } from '@oms/shared/contracts/order';
import * as contract from '@oms/shared/contracts/order-endpoints';
import { Unavailable } from '@oms/shared/errors';
import type { On } from '@oms/shared/http/route';
import type { Docs } from '@oms/shared/store/store';
import type { OrderDoc } from '../book/order-book.ts';
import { place } from '../domain/commands.ts';
import { mustBePriced, offer } from '../domain/pricing.ts';
import type { SagaRequests, Start } from '../runner/requests.ts';
import { availabilityOf } from '../sagas/participants.ts';
import { about, orderedBy } from './access.ts';
import { type Claim, claim } from './holding.ts';
import type { OrderParts } from './parts.ts';
import { prefer } from './preference.ts';

/** A full store seldom has room again at once. */
const RETRY_FULL_S = 10;

/** The routes that check a cart and place an order. */
export function definePlacing(on: On, parts: OrderParts, requests: SagaRequests): void {
  const { store, world, clients, catalog, settings } = parts;
  const { deadlineMs, holdMs } = settings;

  on(contract.checkAvailability, async ({ query: lines, trace }, reply) =>
    reply(200, await availabilityOf(clients.inventory, lines, trace)),
  );

  on(contract.placeOrder, async (input) => {
    const { waitMs } = prefer(input, settings.waitMs);
    const cart = orderedBy(input.caller, input.body, world);
    if (!catalog) mustBePriced(cart);
    const listings = await catalog?.lookUp(
      cart.items.map(({ productId }) => productId),
      input.trace,
    );
    const now = world.now();
    const id = world.newId(now);
    about(input.res, id, cart.customer.id);
    const held = holdsStock(input.caller, cart) ? await claimOf(cart) : undefined;
    const decide = (_none: unknown, _now: number, docs: Docs<OrderDoc>): Start => {
      if (!store.hasRoom()) throw new Unavailable('STORE_FULL', 'There is no room for further orders.', RETRY_FULL_S);
      const { order, failure } = offer(cart, listings);
      const claimed = failure ? { failure } : held?.decide(docs, id);
      const refusal = claimed && 'failure' in claimed ? claimed.failure : undefined;
      const events = place(id, order, now, { deadlineMs, holdMs, waitMs }, refusal);
      const beside = claimed && 'put' in claimed ? claimed.put : undefined;
      // Lists by time use the id: it must have the same time as the first event.
      return { events: events.map((event) => Object.assign({ at: now }, event)), beside };
    };
    return requests.start(input, id, 'place-order', waitMs, decide, held?.id);
  });

  /** A customer may hold only so many units before he confirms them, whoever places his orders for him. */
  function claimOf({ customer, items }: Cart): Promise<Claim> {
    const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
    return claim(store, customer.id, units, settings.holdUnits);
  }
}

const holdsStock = ({ kind }: Caller, { autoConfirm }: Cart): boolean =>
  !autoConfirm && (kind === 'customer' || kind === 'checkout');
