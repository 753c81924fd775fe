import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Notification } from '@oms/shared/contracts/notification';
import { eventually } from '../e2e/http.ts';
import { ACCOUNT, startTextMessages, type TextMessages } from '../servers/text-messages.ts';
import { describeDurable } from '../support/database.ts';
import { type Attacked, startAttacked } from './system.ts';

const RECIPIENTS = 2;
const OWN = '+15005550006';
const stranger = (i: number) => `+1900555010${i}`;

let api: TextMessages;
let system: Attacked;

/** Places an order with this token, and waits until its notifications are sent or will never be. */
async function order(headers: Record<string, string>, customer: object): Promise<Notification[]> {
  const items = [{ productId: 'prod1', quantity: 1 }];
  const { status, body } = await system.gateway.post('/orders', { customer, items }, { headers });
  expect(status).toBe(201);
  return eventually(
    async () => (await system.operator.get(`/notifications?orderId=${body.id}`)).body.items as Notification[],
    (all) => all.length === 2 && all.every((one) => one.status !== 'PENDING'),
  );
}
async function tokenOf(userId: string, phone?: string): Promise<Record<string, string>> {
  const { body } = await system.gateway.post('/auth/token', { userId, phone });
  return { Authorization: `Bearer ${body.token}` };
}
const reached = () => [...new Set(api.messages.map(({ to }) => to))];

describeDurable('a customer who tries to have text messages sent to strangers', () => {
  beforeAll(async () => {
    api = await startTextMessages();
    system = await startAttacked({
      ...{ SMS_API_URL: api.url, SMS_ACCOUNT_SID: ACCOUNT.accountSid, SMS_AUTH_TOKEN: ACCOUNT.authToken },
      ...{ SMS_FROM: '+15005550009', MAIL_RECIPIENTS_PER_CUSTOMER: String(RECIPIENTS) },
    });
  });
  afterAll(async () => {
    await system.stop();
    await api.close();
  });

  it('reaches only the number of the token, and nobody without one', async () => {
    await order(await tokenOf('carl', OWN), { id: 'carl', phone: stranger(0) });
    expect(reached()).toEqual([OWN]);
    const all = await order(await tokenOf('dora'), { id: 'dora', phone: stranger(0) });
    expect(all.map(({ channel, to }) => `${channel} ${to}`)).toEqual(['log dora', 'log dora']);
    expect(reached()).toEqual([OWN]);
  });

  it('reaches a limited number of them through an operator', async () => {
    api.messages.length = 0;
    for (let i = 0; i < RECIPIENTS; i++) await order(system.operator.headers, { id: 'bob', phone: stranger(i) });
    const withheld = await order(system.operator.headers, { id: 'bob', phone: stranger(RECIPIENTS) });
    expect(withheld).toMatchObject(Array(2).fill({ status: 'WITHHELD', reason: expect.stringMatching(/addresses/) }));
    expect(reached()).toEqual([stranger(0), stranger(1)]);
  });
});
