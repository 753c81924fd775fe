import { Kind } from '@oms/shared/store/aggregate';
import type { Product, Reservation } from './domain/stock.ts';

export const products = new Kind<Product>('product/', { key: ({ productId }) => productId });

export const reservations = new Kind<Reservation>('reservation/', {
  key: ({ orderId }) => orderId,
  tags: ({ status }) => ({ status }),
  dueAt: ({ status, holdUntil }) => (status === 'RESERVED' ? holdUntil : undefined),
});
