import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { clientFor, json, startTarget, type Target } from '../../../../tests/support/call-target.ts';
import { address, orderIn } from '../../test/order-history.ts';
import { type Call, httpParticipants, type Participants } from './participants.ts';

let target: Target;
let calling: ReturnType<typeof clientFor>;
let participants: Participants;
beforeEach(async () => {
  target = await startTarget();
  calling = clientFor(target.url, {});
  const { client } = calling;
  participants = httpParticipants({ inventory: client, payment: client, shipping: client });
});
afterEach(async () => {
  await calling.close();
  await target.close();
});

const order = { ...orderIn('CONFIRMED', 'fulfil-order'), shippingAddress: address };
const asked = (call: Call) =>
  call(order, { key: 'K', signal: new AbortController().signal, trace: undefined, onRetry: async () => {} });

const parcel = { id: 'S1', trackingNumber: 'TRK1', carrier: 'STANDARD', status: 'LABEL_GENERATED', labelUrl: '/l' };
it.each<[name: string, call: (by: Participants) => Call, status: number, answer: object, facts: object]>([
  ['reserves', (by) => by.inventory.reserve, 201, { status: 'RESERVED' }, { reservation: { status: 'RESERVED' } }],
  ['releases', (by) => by.inventory.release, 200, { status: 'RELEASED' }, { reservation: { status: 'RELEASED' } }],
  [
    'authorizes',
    (by) => by.payment.authorize,
    201,
    { id: 'P1', status: 'AUTHORIZED' },
    { payment: { id: 'P1', status: 'AUTHORIZED' } },
  ],
  ['books', (by) => by.shipping.book, 201, { ...parcel, history: [{}] }, { shipment: { ...parcel, sequence: 1 } }],
])(
  'who %s tells all that the order keeps of it, or else nobody knows what happened',
  async (_name, call, status, answer, facts) => {
    target.answer = (_req, res) => json(res, status, answer);
    expect(await asked(call(participants))).toEqual({ kind: 'done', status, data: facts });
    for (const missing of Object.keys(answer)) {
      target.answer = (_req, res) => json(res, status, { ...answer, [missing]: undefined });
      expect(await asked(call(participants))).toMatchObject({ kind: 'unknown', mayHaveHappened: true });
    }
  },
);
