import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ACCOUNT,
  notANumber,
  startTextMessages,
  type TextMessages,
  tooMany,
  unknownSender,
  unsubscribed,
} from '../../../tests/servers/text-messages.ts';
import { moved, NotificationService, placed } from '../test/notification-service.ts';
import { type SmsSettings, smsChannel } from './sms-channel.ts';

const NUMBER = '+15005550006';
const ADA = { id: 'C1', name: 'Ada', phone: NUMBER };

let api: TextMessages;
let service: NotificationService;
const startWith = async (settings: Partial<SmsSettings> = {}) => {
  const sms = smsChannel({ url: api.url, ...ACCOUNT, from: '+15005550009', ...settings });
  service = await NotificationService.start({ sms }, { send: false });
};
beforeEach(async () => {
  api = await startTextMessages();
  await startWith();
  service.sender();
});
afterEach(async () => {
  await service.stop();
  await api.close();
});

describe('a text message', () => {
  it('arrives once, short, at the number of the customer', async () => {
    await service.take([placed('O1', ADA)]);
    await service.allAre('SENT');
    const body = 'We have received your order. Order O1. Total: 59.98 EUR';
    expect(api.messages).toMatchObject([{ to: NUMBER, from: '+15005550009', messagingService: null, body }]);
    expect(await service.one()).toMatchObject({ channel: 'sms', to: NUMBER, body });
  });

  it('has no words of a customer in it', async () => {
    const name = 'Ada&To=+15005550001\r\nX: y';
    await service.take([placed('O1', { ...ADA, name }), moved('CANCELLED', { reason: 'call +1 900 555 0100' })]);
    await service.allAre('SENT');
    expect(api.messages.map(({ to, body }) => `${to} ${body}`).sort()).toEqual([
      `${NUMBER} We have received your order. Order O1. Total: 59.98 EUR`,
      `${NUMBER} Your order is cancelled. Order O1.`,
    ]);
  });

  it('is sent by a messaging service, if that is configured', async () => {
    await service.stop();
    const from = `MG${'b'.repeat(32)}`;
    await startWith({ from });
    service.sender();
    await service.take([placed('O1', ADA)]);
    await service.allAre('SENT');
    expect(api.messages).toMatchObject([{ from: null, messagingService: from }]);
  });

  it.each(['5005550006', '+1 500 555 0006', '+05005550006', '+1500555000600000', 'C1'])(
    'is not sent to what is no number: %s',
    async (phone) => {
      await service.take([placed('O1', { ...ADA, phone })]);
      await service.allAre('SENT');
      expect(api.requests).toEqual([]);
      expect(await service.one()).toMatchObject({ channel: 'log', to: 'C1' });
    },
  );
});

describe('the API', () => {
  const answered = async (refuse: TextMessages['refuse']) => {
    api.refuse = refuse;
    await service.take([placed('O1', ADA)]);
  };

  it.each([
    ['has no such number', notANumber(NUMBER), 'Twilio answered 400, error 21211'],
    ['has been asked by its owner to send nothing', unsubscribed, 'Twilio answered 400, error 21610'],
  ])('that %s gets no other attempt', async (_what, refusal, reason) => {
    await answered(() => refusal);
    await service.allAre('DEAD');
    expect(await service.one()).toMatchObject({ attempts: 1, reason });
    expect(api.requests).toHaveLength(1);
  });

  it.each([
    ['takes no more for now', tooMany, '429, error 20429'],
    ['is in trouble', { status: 503, code: 20503, message: 'Service unavailable' }, '503, error 20503'],
    ['does not know the sender, which an operator mends', unknownSender, '400, error 21606'],
  ])('that %s gets another attempt', async (_what, refusal, reason) => {
    await answered(() => refusal);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: `Twilio answered ${reason}` });
    api.refuse = () => undefined;
    service.clock.now += 2_000;
    await service.allAre('SENT');
    expect(api.messages).toHaveLength(1);
  });

  it('that has another password gets another attempt', async () => {
    await service.stop();
    await startWith({ authToken: 'an-old-one' });
    service.sender();
    await service.take([placed('O1', ADA)]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: 'Twilio answered 401, error 20003' });
  });

  it('whose answer is lost has the message again: it knows no idempotency keys', async () => {
    api.answering = (res) => res.destroy();
    await service.take([placed('O1', ADA)]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING' });
    api.answering = (_res, send) => send();
    service.clock.now += 2_000;
    await service.allAre('SENT');
    expect(new Set(api.messages.map(({ body }) => body)).size).toBe(1);
    expect(api.messages).toHaveLength(2);
  });

  it.each([
    ['names no message', (end: (text: string) => void) => end('<html>welcome</html>')],
    ['never answers', () => {}],
  ])('that %s has not sent it, as far as is known', async (_what, answer) => {
    await service.stop();
    await startWith();
    api.answering = (res) => answer((text) => res.writeHead(200, { 'Content-Type': 'text/html' }).end(text));
    service.sender({ attemptMs: 300 });
    await service.take([placed('O1', ADA)]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING' });
  });
});
