import type { SagaName } from '@oms/order/dist/domain/events.js';
import type { Order } from '@oms/order/dist/domain/order.js';
import { ADDRESS, Life } from './life.ts';

const isSent = ({ parts }: Order): boolean => (parts?.parcels.length ?? 0) > 0;

/** The same with an order that is sent in two parcels, of which a part is cancelled, returned or refunded. */
export class LifeInParts extends Life {
  protected override readonly cancellation = 'cancel items';

  /** What is cancelled after the first parcel costs something only where the provider captures once. */
  protected override cart(upTo: SagaName): object {
    const items = [
      { productId: 'PROD001', quantity: 3, price: 9.99 },
      { productId: 'PROD002', quantity: 2, price: 3.33 },
    ];
    const charges = [
      { kind: 'SHIPPING', amount: 4.99 },
      { kind: 'DISCOUNT', amount: 1.01 },
    ];
    return {
      customerId: 'ada',
      items,
      charges,
      paymentMethod: upTo === 'cancel-order' ? 'tok_single_capture' : 'tok_visa',
    };
  }

  protected override async goOn(upTo: SagaName): Promise<void> {
    const { id } = await this.settled();
    const some = { items: [{ lineId: '1', quantity: 2 }] };
    const send = async (name: string, items: object = {}) => {
      await this.ask('fulfil', `/orders/${id}/fulfill`, { shippingAddress: ADDRESS, ...items }, name);
      return this.settled();
    };
    let order = await send('first', some);
    if (!isSent(order)) order = await send('first-again', some);
    if (upTo === 'fulfil-order') await send('rest');
    if (upTo === 'cancel-order') {
      await this.ask('cancel items', `/orders/${id}/cancel`, { items: [{ lineId: '2', quantity: 1 }] });
      await this.settled();
      await send('rest');
    }
    const shipment = order.parts?.parcels[0];
    if (!shipment) return;
    if (upTo === 'refund-order') await this.ask('refund', `/orders/${id}/refund`, { amount: 1, reason: 'late' });
    if (upTo !== 'return-order') return;
    await this.deliver(shipment.id);
    await this.until(({ parts }) => parts?.parcels[0]?.status === 'DELIVERED');
    await this.ask('return', `/orders/${id}/return`, { items: [{ lineId: '1', quantity: 1 }] });
    await this.settled();
    await this.ask('return', `/orders/${id}/return`, {}, 'return-rest');
  }
}
