import { Kind } from '@oms/shared/store/aggregate';
import { isOnSale, type Product } from './domain/product.ts';

export const products = new Kind<Product>('', {
  key: ({ productId }) => productId,
  tags: (product) => {
    if (!isOnSale(product)) return {};
    return { onSale: 'yes', ...(product.category === undefined ? {} : { category: product.category }) };
  },
});
