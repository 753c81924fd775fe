import { getStock } from '@oms/shared/contracts/inventory';
import { listSagas, resetBreakers } from '@oms/shared/contracts/operations';
import { deleteOrder } from '@oms/shared/contracts/order-commands';
import { getOrder, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { putChaos } from '@oms/shared/contracts/service';
import { every, NumberOf } from '../../matcher.ts';
import { breakerIs, hasNoSaga } from '../../scripts.ts';
import { type Service, says, step, using } from '../../step.ts';
import { cancelled, orderOf, rejected } from '../bodies.ts';

/** Steps that one failure has like another. */

export const stockIsBack = (name: string) =>
  step(getStock, name, 'As many are there as before the order.', {
    expect: says('the stock is back', 200, { body: { available: new NumberOf('availableBefore') } }),
  });

export const orderIsRejected = (name: string, code: string) =>
  step(getOrder, name, 'The refused order exists all the same, as REJECTED, and says why.', {
    expect: says('the order is rejected, and nothing is held for it', 200, { body: rejected(code) }),
  });

export const cancelTheOrder = (name: string) =>
  step(deleteOrder, name, 'Gives money and stock back.', {
    expect: says('the order is cancelled and holds nothing', 200, { body: cancelled }),
  });

/** `keptAs`: the variable that keeps the order's id. */
export const placeInBackground = (name: string, about: string, product: 'prod1' | 'prod2', keptAs: string) =>
  step(placeOrder, name, about, {
    headers: { Prefer: 'respond-async' },
    body: orderOf({ [product]: 1 }),
    expect: says('the order is accepted', 202, { body: { status: 'PENDING' }, keep: ({ id }) => ({ [keptAs]: id }) }),
  });

export const closeBreakers = (name: string, about: string) =>
  step(resetBreakers, name, about, {
    expect: says('all breakers are closed', 200, { body: { breakers: every({ state: 'CLOSED' }) } }),
  });

export const closeBreaker = (of: string, name: string, probeSeconds: number) =>
  step(resetBreakers, name, `Closes the breaker at once; left alone, it would send a probe after ${probeSeconds} s.`, {
    body: { name: of },
    expect: says(`the breaker of ${of} is closed`, 200, { check: using(breakerIs, of, 'CLOSED') }),
  });

export const serviceDown = (at: Service, name: string) =>
  step(putChaos, name, `Every request to the ${at} service fails, for a minute at most.`, {
    at,
    body: { failureRate: 1, ttlSeconds: 60 },
    expect: says('the faults are injected from now on', 200, { body: { enabled: true, failureRate: 1 } }),
  });

export const endOfFaults = (at: Service, name: string, about = 'The outage is over.') =>
  step(putChaos, name, about, {
    at,
    body: { enabled: false, ttlSeconds: 1 },
    expect: says('no fault is injected any more', 200, { body: { enabled: false, failureRate: 0, dropRate: 0 } }),
  });

/** `of`: the variable that keeps the order's id. */
export const sagaEnds = (name: string, about: string, of: string) =>
  step(listSagas, name, about, {
    query: { limit: 200 },
    wait: { until: using(hasNoSaga, of) },
    expect: says('the saga has ended', 200, {
      check: using(({ items }: { items: { orderId: string }[] }, keptAs: string) => {
        pm.expect(items.map(({ orderId }) => orderId)).to.not.include(pm.collectionVariables.get(keptAs));
      }, of),
    }),
  });
