import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { balanced, cart, confirmed, reaches } from './orders.ts';
import { type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const deliver = async (shipmentId: string) => {
  for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']) {
    expect((await system.shipping.put(`/shipments/${shipmentId}/status`, { status, location: 'Hub' })).status).toBe(
      200,
    );
  }
};
const stockOf = async (productId: string) => (await system.inventory.get(`/inventory/${productId}`)).body;
const paymentOf = async (orderId: string) => (await system.payment.get(`/payments?orderId=${orderId}`)).body.items[0];

describe('a confirmed order', () => {
  it('is processed, fulfilled, tracked, delivered and returned, and the audit is balanced after each step', async () => {
    const id = await confirmed(system);
    const stock = await stockOf('PROD001');
    expect((await system.order.post(`/orders/${id}/process`)).body.status).toBe('PROCESSING');

    const fulfilled = await system.order.post(`/orders/${id}/fulfill`, { carrier: 'EXPRESS' });
    expect(fulfilled.status).toBe(200);
    expect(fulfilled.body).toMatchObject({
      status: 'SHIPPED',
      reservation: { status: 'COMMITTED' },
      payment: { status: 'CAPTURED' },
      shipment: { carrier: 'EXPRESS', status: 'LABEL_GENERATED', trackingNumber: expect.stringMatching(/^TRK/) },
    });
    expect(await stockOf('PROD001')).toMatchObject({ onHand: stock.onHand - 1, reserved: stock.reserved - 1 });
    expect(await paymentOf(id)).toMatchObject({ captured: 29.99, refunded: 0 });
    expect(await balanced(system)).toMatchObject({ balanced: true });

    const { shipment } = fulfilled.body;
    const label = await fetch(`${system.shipping.url}${shipment.labelUrl}`);
    expect(label.headers.get('content-type')).toBe('application/pdf');
    await deliver(shipment.id);
    const delivered = await reaches(system, id, 'DELIVERED');
    expect(delivered.body.shipment.status).toBe('DELIVERED');
    const track = await system.order.get(`/orders/${id}/track`);
    expect(track.body.history.map(({ status }: { status: string }) => status)).toEqual([
      'LABEL_GENERATED',
      'IN_TRANSIT',
      'OUT_FOR_DELIVERY',
      'DELIVERED',
    ]);

    const returned = await system.order.post(`/orders/${id}/return`, { reason: 'does not fit' });
    expect(returned.body).toMatchObject({ status: 'RETURNED', reservation: { status: 'RESTOCKED' } });
    expect(await stockOf('PROD001')).toMatchObject({ onHand: stock.onHand, restocked: 1 });
    expect(await paymentOf(id)).toMatchObject({ status: 'REFUNDED', captured: 29.99, refunded: 29.99 });
    expect(await balanced(system)).toMatchObject({ balanced: true, inFlight: 0 });
  });

  it('releases its stock and voids its payment when it is cancelled', async () => {
    const before = await stockOf('PROD002');
    const { body } = await system.order.post('/orders', cart('PROD002', 4));
    const cancelled = await system.order.delete(`/orders/${body.id}`);
    expect(cancelled.body).toMatchObject({ status: 'CANCELLED', payment: { status: 'VOIDED' } });
    expect((await stockOf('PROD002')).available).toBe(before.available);
    expect(await paymentOf(body.id)).toMatchObject({ status: 'VOIDED', captured: 0 });
    const again = await system.order.post(`/orders/${body.id}/cancel`, { reason: 'again' });
    expect(again).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  });

  it('can be moved to each status by a valid transition only', async () => {
    const id = await confirmed(system);
    const to = (status: string) => system.order.put(`/orders/${id}/status`, { status });
    expect((await to('CONFIRMED')).body.status).toBe('CONFIRMED');
    expect((await to('PENDING')).body).toMatchObject({ status: 409, code: 'INVALID_TRANSITION' });
    expect((await to('DELIVERED')).body).toMatchObject({ status: 409, code: 'INVALID_TRANSITION' });
    expect((await to('PROCESSING')).body.status).toBe('PROCESSING');
    expect((await to('SHIPPED')).body.status).toBe('SHIPPED');
    expect((await to('CANCELLED')).body).toMatchObject({ status: 409, code: 'INVALID_TRANSITION' });
    expect((await to('DELIVERED')).body.status).toBe('DELIVERED');
    expect((await to('RETURNED')).body.status).toBe('RETURNED');
    expect((await to('CANCELLED')).status).toBe(409);
  });
});
