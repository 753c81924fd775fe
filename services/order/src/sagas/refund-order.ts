import { partDone } from '../domain/part-done.ts';
import type { Saga } from './saga.ts';

/** Give money back without goods. */
export const refundOrder: Saga = {
  name: 'refund-order',
  steps: [{ name: 'refund-money', run: ({ payment }) => payment.refund }],
  happened: partDone,
};
