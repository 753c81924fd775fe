import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { address } from '../e2e/orders.ts';
import { type MailServer, startMailServer } from '../servers/mail.ts';
import { describeDurable } from '../support/database.ts';
import { ask } from '../support/tiny-service.ts';
import { until } from '../support/until.ts';
import { type Attacked, startAttacked } from './system.ts';

interface Parcel {
  trackingNumber: string;
  labelUrl: string;
}

let mails: MailServer;
let system: Attacked;
let orderId: string;
/** The parcels of Ada's order and of Bob's. */
let hers: Parcel;
let his: Parcel;
/** The path of the link in Ada's mail. */
let tracking: string;

beforeAll(async () => {
  if (!process.env.DATABASE_URL_TEST) return;
  mails = await startMailServer();
  system = await startAttacked({ SMTP_URL: mails.url, MAIL_FROM: 'shop@shop.example' });
  const shipped = async (who: Attacked['ada']) => {
    const items = [{ productId: 'prod1', quantity: 1 }];
    const customer = { id: who.userId, email: `${who.userId}@shop.example` };
    const { id } = (await who.post('/orders', { customer, items, shippingAddress: address })).body;
    await system.operator.post(`/orders/${id}/fulfill`);
    const { shipment } = (await who.get(`/orders/${id}`)).body;
    return { id, shipment: shipment as Parcel };
  };
  his = (await shipped(system.bob)).shipment;
  ({ id: orderId, shipment: hers } = await shipped(system.ada));
  await until(() => linkIn('ada@shop.example'));
  tracking = linkIn('ada@shop.example') as string;
});
afterAll(async () => {
  await system?.stop();
  await mails?.close();
});

function linkIn(mailOf: string): string | undefined {
  const mail = mails.mails.find(({ recipients, text }) => recipients.includes(mailOf) && /Follow it/.test(text));
  const [, url] = /Follow it: (\S+)/.exec(mail?.text ?? '') ?? [];
  return url && new URL(url).pathname + new URL(url).search;
}

/** Opens a link as from a mail: without a token. */
const open = (path: string) => ask(`${system.gateway.url}${path}`);
const changed = (path: string, name: string, to: (value: string) => string) => {
  const url = new URL(path, 'http://gateway');
  url.searchParams.set(name, to(url.searchParams.get(name) as string));
  return url.pathname + url.search;
};
const otherEnd = (text: string) => text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A');

describeDurable('the signed links to a parcel', () => {
  it('open its label without a token, both from the order and from its tracking', async () => {
    const { labelUrl } = (await system.ada.get(`/orders/${orderId}/track`)).body;
    for (const link of [hers.labelUrl, labelUrl, `/api${labelUrl}`]) {
      const { status, headers } = await open(link);
      expect([status, headers['content-type']]).toEqual([200, 'application/pdf']);
    }
  });

  it('lead from the mail to its tracking, which shows no address, items, order or label', async () => {
    const { status, body } = await open(tracking);
    expect(status).toBe(200);
    const history = [{ status: 'LABEL_GENERATED', at: expect.any(String) }];
    const { trackingNumber } = hers;
    expect(body).toEqual({
      trackingNumber,
      carrier: 'STANDARD',
      status: 'LABEL_GENERATED',
      estimatedDeliveryDays: 5,
      history,
    });
  });

  it.each<[string, () => string]>([
    ['without a signature', () => hers.labelUrl.split('?')[0] as string],
    ['with an empty signature', () => changed(hers.labelUrl, 'signature', () => '')],
    ['with another signature', () => changed(hers.labelUrl, 'signature', otherEnd)],
    ['with a later expiry', () => changed(hers.labelUrl, 'expires', (seconds) => `${Number(seconds) + 86_400}`)],
    ['with an expiry that is not a time', () => changed(hers.labelUrl, 'expires', () => 'never')],
    ['for the label of another parcel', () => hers.labelUrl.replace(hers.trackingNumber, his.trackingNumber)],
    ['for the tracking of another parcel', () => tracking.replace(hers.trackingNumber, his.trackingNumber)],
    ['for the label, with the signature of a tracking link', () => tracking.replace('/track/', '/labels/')],
    ['for the tracking, with the signature of a label link', () => hers.labelUrl.replace('/labels/', '/track/')],
    ['for an unknown parcel', () => hers.labelUrl.replace(hers.trackingNumber, 'TRK0')],
  ])('are refused %s, with and without a token: 403 LINK_INVALID', async (_how, forged) => {
    for (const { status, body } of [await open(forged()), await system.bob.get(forged())]) {
      expect([status, body.code]).toEqual([403, 'LINK_INVALID']);
    }
  });

  it('open nothing else', async () => {
    const [, query] = hers.labelUrl.split('?');
    for (const path of [`/orders/${orderId}`, '/shipments', `/shipments?orderId=${orderId}`]) {
      expect((await open(`${path}${path.includes('?') ? '&' : '?'}${query}`)).status).toBe(401);
    }
  });
});
