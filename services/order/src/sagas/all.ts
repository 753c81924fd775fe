import type { SagaName } from '../domain/events.ts';
import { cancelOrder } from './cancel-order.ts';
import { fulfilOrder } from './fulfil-order.ts';
import { placeOrder } from './place-order.ts';
import { refundOrder } from './refund-order.ts';
import { returnOrder } from './return-order.ts';
import type { Saga } from './saga.ts';

export const sagas: Record<SagaName, Saga> = {
  'place-order': placeOrder,
  'fulfil-order': fulfilOrder,
  'cancel-order': cancelOrder,
  'return-order': returnOrder,
  'refund-order': refundOrder,
};
