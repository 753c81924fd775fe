import { proxyLocalActivities } from '@temporalio/workflow';
import { confirmed, ordered } from './hops.js';

/** In a file of their own, since Temporal runs workflows in a sandbox without Node. */
const { reserve, authorize } = proxyLocalActivities({ startToCloseTimeout: '10 seconds' });

export async function place(id, wish) {
  const order = ordered(id, wish);
  const reservation = await reserve(order);
  const payment = await authorize(order);
  return confirmed(order, reservation, payment);
}
