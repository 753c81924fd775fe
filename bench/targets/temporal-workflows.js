import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { confirmed, ordered } from './hops.js';

/** In a file of their own, since Temporal runs workflows in a sandbox without Node. */
const LIMIT = { startToCloseTimeout: '10 seconds' };

const placing =
  ({ reserve, authorize }) =>
  async (id, wish) => {
    const order = ordered(id, wish);
    const reservation = await reserve(order);
    const payment = await authorize(order);
    return confirmed(order, reservation, payment);
  };

export const place = placing(proxyActivities(LIMIT));
export const placeLocally = placing(proxyLocalActivities(LIMIT));
