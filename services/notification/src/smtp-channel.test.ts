import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type MailServer, startMailServer } from '../../../tests/servers/mail.ts';
import { freePort } from '../../../tests/support/free-port.ts';
import { until } from '../../../tests/support/until.ts';
import { moved, NotificationService, placed } from '../test/notification-service.ts';
import { smtpChannel } from './smtp-channel.ts';

let port: number;
let server: MailServer;
let service: NotificationService;
beforeEach(async () => {
  port = await freePort();
  server = await startMailServer(port);
  const channel = smtpChannel({ url: server.url, from: 'Our Shop <orders@shop.example>' });
  service = await NotificationService.start({ smtp: channel });
});
afterEach(async () => {
  await service.stop();
  await server.close();
});

const unknown = { code: 550, text: 'no such mailbox' };

describe('a mail', () => {
  it('arrives once, addressed, readable, with the id of its notification', async () => {
    await service.take([placed('O1', { id: 'C1', name: 'Zoë', email: 'zoe@example.org' })]);
    await service.allAre('SENT');
    const { id, body } = await service.one();
    expect(server.mails).toHaveLength(1);
    expect(server.mails).toMatchObject([
      {
        recipients: ['zoe@example.org'],
        headers: {
          from: 'Our Shop <orders@shop.example>',
          to: 'zoe@example.org',
          subject: 'We have received your order',
          'message-id': `<${id}@shop.example>`,
          'auto-submitted': 'auto-generated',
        },
        text: body,
      },
    ]);
    expect(body).toContain('Hello Zoë,');
  });

  it('has only its own headers, whatever customers typed', async () => {
    const name = 'Ada\r\nBcc: all@shop.example\r\n\r\n<b>';
    await service.take([
      placed('O1', { id: 'C1', name, email: 'ada@example.org' }),
      moved('CANCELLED', { reason: 'x\r\n.\r\nMAIL FROM:<eve@shop.example>' }),
    ]);
    await service.allAre('SENT');
    expect(server.mails.map(({ recipients }) => recipients)).toEqual([['ada@example.org'], ['ada@example.org']]);
    for (const { headers, text } of server.mails) {
      expect(Object.keys(headers).sort()).toEqual([
        'auto-submitted',
        'content-transfer-encoding',
        'content-type',
        'date',
        'from',
        'message-id',
        'mime-version',
        'subject',
        'to',
      ]);
      expect(text).toMatch(/^Hello Ada Bcc: all shop\. example b,\n/);
    }
  });

  it('goes to one recipient, however the address is written', async () => {
    const channel = smtpChannel({ url: server.url, from: 'orders@shop.example' });
    const message = { id: 'N1', orderId: 'O1', kind: 'order-confirmed' as const, at: 0, subject: 'Hi', body: 'Hi' };
    const to = 'ada@example.org, eve@example.org';
    const sending = channel.send({ ...message, to }, new AbortController().signal).catch(() => {});
    await sending;
    await channel.close();
    expect(server.mails.flatMap(({ recipients }) => recipients)).not.toContain('eve@example.org');
  });

  it('is one of many, all sent over ten connections', async () => {
    await service.take(Array.from({ length: 50 }, (_, i) => placed(`O${i}`)));
    await service.allAre('SENT');
    expect(new Set(server.mails.map(({ headers }) => headers['message-id'])).size).toBe(50);
    expect(server.mails).toHaveLength(50);
  });
});

describe('a mail server', () => {
  it('that starts late gets the mail when it is up', async () => {
    await server.close();
    await service.take([placed()]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: expect.stringContaining('ECONNREFUSED') });
    server = await startMailServer(port);
    service.clock.now += 2_000;
    await service.allAre('SENT');
    expect(server.mails).toHaveLength(1);
  });

  it('that was restarted between two mails gets both', async () => {
    await service.take([placed()]);
    await service.allAre('SENT');
    await server.close();
    server = await startMailServer(port);
    await service.take([moved('CONFIRMED')]);
    await until(async () => {
      service.clock.now += 1_000;
      return (await service.all('status=SENT')).length === 2;
    });
    expect(server.mails.map(({ headers }) => headers.subject)).toEqual(['Your order is confirmed']);
  });

  it('that refuses the recipient for good gets no other attempt, except a retry by hand', async () => {
    server.refuse = () => unknown;
    await service.take([placed()]);
    await service.allAre('DEAD');
    const { id, attempts, reason } = await service.one();
    expect([attempts, reason]).toEqual([1, expect.stringContaining('no such mailbox')]);
    server.refuse = () => undefined;
    expect((await service.retry(id)).status).toBe(200);
    await service.allAre('SENT');
    expect(server.mails).toMatchObject([{ headers: { 'message-id': `<${id}@shop.example>` } }]);
  });

  it('that refuses the recipient for now gets another attempt', async () => {
    server.refuse = () => ({ code: 451, text: 'greylisted, come back' });
    await service.take([placed()]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: expect.stringContaining('greylisted') });
    server.refuse = () => undefined;
    service.clock.now += 2_000;
    await service.allAre('SENT');
    expect(server.mails).toHaveLength(1);
  });

  it('that refuses one recipient accepts the mails of others', async () => {
    server.refuse = (recipient) => (recipient === 'gone@example.org' ? unknown : undefined);
    await service.take([placed('O1', { id: 'C1', email: 'gone@example.org' }), placed('O2')]);
    await until(async () => (await service.all('status=PENDING')).length === 0);
    expect((await service.all('orderId=O1'))[0]?.status).toBe('DEAD');
    expect((await service.all('orderId=O2'))[0]?.status).toBe('SENT');
  });

  it('that never answers is left at the timeout of the attempt', async () => {
    await service.stop();
    const smtp = smtpChannel({ url: server.url, from: 'orders@shop.example' });
    service = await NotificationService.start({ smtp }, { send: false });
    let seen = 0;
    server.accept = () => new Promise(() => seen++);
    service.sender({ attemptMs: 1_000 });
    await service.take([placed()]);
    await service.attempted(1);
    expect(seen).toBe(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: 'no answer from smtp in time' });
  });
});
