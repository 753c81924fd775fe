import { expect } from '@jest/globals';
import type { Got } from '../e2e/http.ts';
import { address, balanced, reaches } from '../e2e/orders.ts';
import { type System, startSystem } from '../e2e/system.ts';

/** A shop with one order at a time, seen as an operator sees it. */
export class Shop {
  id = '';

  private constructor(readonly system: System) {}

  static open = async (env: Record<string, string> = {}): Promise<Shop> => new Shop(await startSystem(env));
  close = (): Promise<void> => this.system.stop();

  async place(cart: object): Promise<Got> {
    const placed = await this.system.order.post('/orders', { customerId: 'CUST1', shippingAddress: address, ...cart });
    this.id = placed.body.id;
    return placed;
  }

  post = (command: string, body: object = {}): Promise<Got> =>
    this.system.order.post(`/orders/${this.id}/${command}`, body);

  /** A command that is carried out. */
  async does(command: string, body: object = {}) {
    const { status, body: order, text } = await this.post(command, body);
    if (status !== 200) throw new Error(`${command}: ${text}`);
    return order;
  }

  async arrives(cart: object): Promise<void> {
    await this.place(cart);
    await this.does('fulfill');
    await this.system.order.put(`/orders/${this.id}/status`, { status: 'DELIVERED' });
    await reaches(this.system, this.id, 'DELIVERED');
  }

  order = async () => (await this.system.order.get(`/orders/${this.id}`)).body;
  payment = async () => (await this.system.payment.get(`/payments?orderId=${this.id}`)).body.items[0];
  /** What the payment took and gave back, movement by movement. */
  async movements(type: 'CAPTURE' | 'REFUND'): Promise<number[]> {
    const { id } = await this.payment();
    const { items } = (await this.system.payment.get(`/payments/${id}/transactions`)).body;
    return items.filter((one: { type: string }) => one.type === type).map(({ amount }: { amount: number }) => amount);
  }

  /** The books of all services agree. */
  async balances(): Promise<void> {
    expect(await balanced(this.system)).toMatchObject({ balanced: true, discrepancies: [] });
  }
}

export const line = (lineId: string, quantity: number) => ({ items: [{ lineId, quantity }] });
