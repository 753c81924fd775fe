import { eventually, type Got } from './http.ts';
import type { System } from './system.ts';

export const address = { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

export const cart = (productId = 'PROD001', quantity = 1, more: Record<string, unknown> = {}) => ({
  customerId: 'CUST1',
  items: [{ productId, quantity, price: 29.99 }],
  shippingAddress: address,
  ...more,
});

export const typesOf = (events: Got): string[] => events.body.events.map(({ type }: { type: string }) => type);

/** The order once it has this status. */
export const reaches = async ({ order }: System, id: string, status: string): Promise<Got> =>
  eventually(
    () => order.get(`/orders/${id}`),
    (got) => got.body.status === status,
  );

/** A caller who may read everything, or the order service itself. */
interface OrderReader {
  order: Pick<System['order'], 'get'>;
}

/** Waits until no saga is under way. */
export const settled = ({ order }: OrderReader): Promise<Got> =>
  eventually(
    () => order.get('/sagas'),
    ({ body }) => body.items.length === 0,
  );

export async function confirmed(system: System, more: Record<string, unknown> = {}): Promise<string> {
  const placed = await system.order.post('/orders', cart('PROD001', 1, more));
  if (placed.status !== 201) throw new Error(`not placed: ${placed.text}`);
  return placed.body.id;
}

export async function shipped(system: System): Promise<{ id: string; shipmentId: string; trackingNumber: string }> {
  const id = await confirmed(system);
  const { body } = await system.order.post(`/orders/${id}/fulfill`);
  return { id, shipmentId: body.shipment.id, trackingNumber: body.shipment.trackingNumber };
}

export const balanced = async ({ order }: OrderReader) => {
  const { body } = await order.get('/audit');
  return body;
};
