import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OrderStatus } from '@oms/shared/contracts/order';
import type { ShipmentStatus } from '@oms/shared/contracts/shipping';
import { served } from '../../test/order-service.ts';
import { ADDRESS, CART, OrderWorld } from '../../test/order-world.ts';
import { lost, refused, retried } from '../../test/scripted-participants.ts';

/** What the contract says that may follow on what, held against the routes: no rule of the service is asked. */

let world: OrderWorld;
let http: ReturnType<typeof served>;
let id: string;
beforeEach(() => {
  world = new OrderWorld();
  http = served(world, world.process());
});
afterEach(async () => {
  await http.close();
  await world.end();
});

const place = async (change = {}) => {
  const { body } = await http.post('/orders', { ...CART, ...change });
  id = body.id ?? body.orderId;
};
const post = (command: string, body = {}) => http.post(`/orders/${id}/${command}`, body);
const news = async (status: ShipmentStatus, sequence: number) => {
  const headers = { 'X-Caller': 'service:shipping' };
  return http.put(`/orders/${id}/shipment`, { shipmentId: 'S1', status, sequence }, { headers });
};
/** What the other services do from here on. */
const when = (script: OrderWorld['participants']['script']) => void (world.participants.script = script);

const COMMANDS = {
  confirm: () => post('confirm'),
  process: () => post('process'),
  fulfill: () => post('fulfill'),
  cancel: () => http.delete(`/orders/${id}`),
  return: () => post('return'),
  'be delivered, as shipping says': () => news('DELIVERED', 3),
  'go to another address': () => http.put(`/orders/${id}`, { shippingAddress: { ...ADDRESS, city: 'Shelbyville' } }),
};

const TWO = { items: [{ productId: 'PROD1', quantity: 2, price: 10 }] };
const ONE = { items: [{ lineId: '1', quantity: 1 }] };
const shipped = async (change = {}) => {
  await place(change);
  await post('fulfill');
};
const delivered = async (change = {}) => {
  await shipped(change);
  await news('DELIVERED', 3);
};
/** Its saga stands still where this step does. */
const stuckAt =
  (step: string, before: () => Promise<unknown>, then: () => Promise<unknown>, also = {}) =>
  async () => {
    await before();
    when({ [step]: lost, ...also });
    await then();
  };
const nothing = async () => {};
const fulfil = () => post('fulfill');

/** `-`: refused. `later`: to be told again, when what is under way is over. All else is the status that comes of it. */
const TABLE: [state: string, status: string, bring: () => Promise<unknown>, outcomes: string][] = [
  // biome-ignore format: a table
  ...([
    //                                                       confirm   process    fulfill cancel     return   delivered address
    ['that is being placed', 'PENDING', stuckAt('reserve-stock', nothing, place),
                                                            '-         -          -       CANCELLED  -        later     PENDING'],
    ['whose placing is being undone', 'REJECTED', stuckAt('undo-reserve-stock', nothing, place, { 'authorize-payment': refused }),
                                                            '-         -          -       -          -        later     -'],
    ['that was refused', 'REJECTED', async () => { when({ 'authorize-payment': refused }); await place(); },
                                                            '-         -          -       -          -        -         -'],
    ['that waits for its confirmation', 'AWAITING_CONFIRMATION', () => place({ autoConfirm: false }),
                                                            'CONFIRMED -          -       CANCELLED  -        -         AWAITING_CONFIRMATION'],
    ['that is confirmed', 'CONFIRMED', place,
                                                            'CONFIRMED PROCESSING SHIPPED CANCELLED  -        -         CONFIRMED'],
    ['that is being processed', 'PROCESSING', async () => { await place(); await post('process'); },
                                                            '-         -          SHIPPED CANCELLED  -        -         PROCESSING'],
    ['that is being sent', 'CONFIRMED', stuckAt('book-shipment', place, fulfil),
                                                            '-         -          -       CANCELLED  -        later     -'],
    ['whose fulfilment is being undone', 'CONFIRMED', stuckAt('undo-book-shipment', place, fulfil, { 'book-shipment': retried(refused) }),
                                                            '-         -          -       -          -        later     -'],
    ['that is being sent and is paid', 'CONFIRMED', stuckAt('commit-stock', place, fulfil),
                                                            '-         -          -       -          -        later     -'],
    ['that is shipped in part', 'PARTIALLY_SHIPPED', async () => { await place(TWO); await post('fulfill', ONE); },
                                                            '-         -          SHIPPED SHIPPED    -        PARTIALLY_SHIPPED -'],
    ['that is on its way', 'SHIPPED', shipped,
                                                            '-         -          -       -          -        DELIVERED -'],
    ['whose parcel came back', 'SHIPPED', async () => { await shipped(); await news('RETURNED', 2); },
                                                            '-         -          -       -          RETURNED DELIVERED -'],
    ['that is delivered', 'DELIVERED', delivered,
                                                            '-         -          -       -          RETURNED DELIVERED -'],
    ['that is being returned', 'DELIVERED', stuckAt('refund-payment', delivered, () => post('return')),
                                                            '-         -          -       -          -        DELIVERED -'],
    ['that was returned in part', 'PARTIALLY_RETURNED', async () => { await delivered(TWO); await post('return', ONE); },
                                                            '-         -          -       -          RETURNED PARTIALLY_RETURNED -'],
    ['that was returned', 'RETURNED', async () => { await delivered(); await post('return'); },
                                                            '-         -          -       -          -        RETURNED  -'],
    ['that is being cancelled', 'CANCELLING', stuckAt('give-back-payment', place, () => post('cancel')),
                                                            '-         -          -       CANCELLING -        later     -'],
    ['that was cancelled', 'CANCELLED', async () => { await place(); await post('cancel'); },
                                                            '-         -          -       CANCELLED  -        -         -'],
  ] satisfies [string, string, () => Promise<unknown>, string][]),
];

describe.each(TABLE)('an order %s', (_state, status, bring, outcomes) => {
  const cells = outcomes.split(/ +/);
  const rows = Object.entries(COMMANDS).map(([command, send], i) => {
    const outcome = cells[i] as string;
    return [command, outcome === '-' ? 'is refused' : `is ${outcome}`, outcome, send] as const;
  });

  it.each(rows)('told to %s %s', async (command, _title, outcome, send) => {
    await bring();
    const before = await world.order(id);
    expect(before.status).toBe(status);
    const answer = await send();
    const after = await world.order(id);
    if (outcome === '-' || outcome === 'later') {
      const refusal = [409, command === 'go to another address' ? 'ORDER_NOT_EDITABLE' : 'INVALID_TRANSITION'];
      expect([answer.status, answer.body.code]).toEqual(outcome === '-' ? refusal : [503, 'SERVICE_UNAVAILABLE']);
      expect(after).toEqual(before);
    } else {
      expect([answer.status, answer.body.status]).toEqual([outcome === 'CANCELLING' ? 202 : 200, outcome]);
      expect(after.status).toBe(outcome);
    }
  });
});

it('of every status is in the table', () => {
  expect([...new Set(TABLE.map(([, status]) => status))].sort()).toEqual([...OrderStatus.options].sort());
});

it('a refused command names the status of the order and the command', async () => {
  await stuckAt('commit-stock', place, fulfil)();
  const { detail } = (await COMMANDS.cancel()).body;
  expect(detail).toBe(
    `Order ${id} is CONFIRMED, and its fulfil-order is under way, so the command "cancel" is not possible.`,
  );
});
