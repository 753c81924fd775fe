import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Notification } from '@oms/shared/contracts/notification';
import { eventually, type Got } from '../e2e/http.ts';
import { type MailServer, startMailServer } from '../servers/mail.ts';
import { describeDurable } from '../support/database.ts';
import { type Attacked, startAttacked } from './system.ts';

const STRANGERS = 40;
const RECIPIENTS = 3;
const items = [{ productId: 'prod1', quantity: 1 }];
const stranger = (i: number) => `stranger${i}@elsewhere.example`;

let mailServer: MailServer;
let system: Attacked;

const recipients = () => [...new Set(mailServer.mails.flatMap((mail) => mail.recipients))].sort();
const told = async (orderId: string): Promise<Notification[]> =>
  (await system.operator.get(`/notifications?orderId=${orderId}`)).body.items;
/** The notifications, once each is sent or will never be. */
const settled = (orderId: string, count: number) =>
  eventually(
    () => told(orderId),
    (all) => all.length === count && all.every(({ status }) => status !== 'PENDING'),
  );

describeDurable('a customer who tries to have mails sent to strangers', () => {
  beforeAll(async () => {
    mailServer = await startMailServer();
    const mail = { SMTP_URL: mailServer.url, MAIL_FROM: 'orders@shop.example' };
    system = await startAttacked({ ...mail, MAIL_RECIPIENTS_PER_CUSTOMER: String(RECIPIENTS) });
  });
  afterAll(async () => {
    await system.stop();
    await mailServer.close();
  });

  it('reaches nobody with orders that are refused at once; each refusal is stored', async () => {
    const refused: Got[] = [];
    for (let i = 0; i < STRANGERS; i += 10) {
      const batch = Array.from({ length: 10 }, (_, j) => ({
        customer: { id: 'ada', name: 'Buy now', email: stranger(i + j) },
        items: j % 2 === 0 ? items : [{ productId: 'prod1', quantity: 100_000 }],
        paymentMethod: 'tok_declined',
      }));
      refused.push(...(await Promise.all(batch.map((body) => system.ada.post('/orders', body)))));
    }
    expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['PAYMENT_DECLINED', 'OUT_OF_STOCK']));
    for (const { body } of refused) {
      const all = await settled(body.orderId, 2);
      expect(all.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
        'order-received WITHHELD',
        'order-rejected WITHHELD',
      ]);
    }
    expect(mailServer.mails).toEqual([]);
  });

  it('reaches only the address of the token with accepted orders', async () => {
    const customer = { id: 'ada', email: stranger(0) };
    const { status, body } = await system.ada.post('/orders', { customer, items, paymentMethod: 'tok_visa' });
    expect([status, body.customer]).toEqual([201, { id: 'ada', email: 'ada@shop.example' }]);
    await settled(body.id, 2);
    expect(recipients()).toEqual(['ada@shop.example']);
  });

  it('reaches a limited number of addresses through an operator; other mails are withheld with a reason', async () => {
    mailServer.mails.length = 0;
    const orders: string[] = [];
    for (let i = 0; i < RECIPIENTS + 2; i++) {
      const customer = { id: 'bob', email: stranger(i) };
      const { body } = await system.operator.post('/orders', { customer, items, paymentMethod: 'tok_visa' });
      await settled(body.id, 2);
      orders.push(body.id);
    }
    expect(recipients()).toEqual(Array.from({ length: RECIPIENTS }, (_, i) => stranger(i)));
    const withheld = await told(orders.at(-1) as string);
    expect(withheld).toMatchObject(Array(2).fill({ status: 'WITHHELD', reason: expect.stringMatching(/addresses/) }));
  });
});
