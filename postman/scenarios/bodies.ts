/** What the steps send, and what several of them expect. */

const PRICES = { prod1: 10.99, prod2: 5.99 };
type Product = keyof typeof PRICES;

export const address = { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

export const orderOf = <M extends object>(quantities: Partial<Record<Product, number>>, more?: M) => ({
  customer: { id: '{{customerId}}', name: 'Ada Lovelace', email: 'ada@example.com' },
  items: Object.entries(quantities).map(([productId, quantity]) => ({
    productId,
    quantity,
    price: PRICES[productId as Product],
  })),
  shippingAddress: address,
  paymentMethod: 'tok_visa',
  ...(more as M),
});

export const paymentOf = (orderId: string, paymentMethod = 'tok_visa') => ({
  orderId,
  amount: 29.99,
  paymentMethod,
  currency: 'USD',
});

export const shipmentOf = (orderId: string) => ({
  orderId,
  items: [{ productId: 'prod1', quantity: 2, name: 'Product 1' }],
  shippingAddress: address,
  carrier: 'EXPRESS' as const,
});

/** Several lines of one product count together. */
export const reservationOf = (orderId: string) => ({
  orderId,
  items: [
    { productId: 'prod1', quantity: 1 },
    { productId: 'prod2', quantity: 1 },
    { productId: 'prod1', quantity: 1 },
  ],
});

export const twoProducts = [
  { productId: 'prod1', quantity: 2 },
  { productId: 'prod2', quantity: 1 },
];

/** An order that was called off holds neither goods nor money. */
export const cancelled = {
  status: 'CANCELLED',
  reservation: { status: 'RELEASED' },
  payment: { status: 'VOIDED' },
} as const;

export const rejected = (code: string) =>
  ({ status: 'REJECTED', failure: { code }, reservation: { status: 'RELEASED' } }) as const;

/** The refused order exists all the same. */
export const refusedOrder = {
  headers: { Location: '/orders/{orderId}' },
  keep: (problem: { orderId: string }) => ({ orderId: problem.orderId }),
};
