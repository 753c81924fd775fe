import { describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@oms/shared/telemetry/logger';
import { recorder } from '../test/notification-service.ts';
import { masked, wayTo } from './channels.ts';
import { logChannel } from './log-channel.ts';

const [smtp, sms] = [recorder('smtp'), recorder('sms')];
const [webhook, log] = [recorder('webhook'), recorder('log')];
const [email, phone] = ['ada@example.org', '+15005550006'];

describe('the way to a customer', () => {
  it('with an address is mail, if configured', () => {
    const ada = { id: 'C1', email, phone };
    expect(wayTo({ smtp, sms, webhook, log }, ada)).toEqual({ channel: smtp, to: email });
    expect(wayTo({ sms, webhook, log }, ada)).toEqual({ channel: sms, to: phone });
    expect(wayTo({ webhook, log }, ada)).toEqual({ channel: webhook, to: email });
  });

  it('with a number alone is a text message, if configured', () => {
    const ada = { id: 'C1', phone };
    expect(wayTo({ smtp, sms, webhook, log }, ada)).toEqual({ channel: sms, to: phone });
    expect(wayTo({ smtp, log }, ada)).toEqual({ channel: log, to: phone });
  });

  it('with neither is the webhook, if configured', () => {
    expect(wayTo({ smtp, sms, webhook, log }, { id: 'C1' })).toEqual({ channel: webhook, to: 'C1' });
    expect(wayTo({ smtp, sms, log }, { id: 'C1' })).toEqual({ channel: log, to: 'C1' });
  });
});

describe('an address in the logs', () => {
  it.each([
    ['ada@example.org', 'a***@example.org'],
    ['550 <ada.lovelace+x@example.org>: unknown, eve@b.example', '550 <a***@example.org>: unknown, e***@b.example'],
    ['The number +15005550006 is none', 'The number +1***06 is none'],
    ['C1', 'C1'],
  ])('%s reads %s', (text, seen) => {
    expect(masked(text)).toBe(seen);
  });

  it('is masked by the log channel, too', async () => {
    const logger = createLogger('test', 'silent');
    const info = jest.spyOn(logger, 'info');
    const message = { id: 'N1', orderId: 'O1', kind: 'order-confirmed' as const, at: 0, subject: 'Hi', body: 'secret' };
    await logChannel(logger).send({ ...message, to: 'ada@example.org' }, new AbortController().signal);
    expect(info.mock.calls).toEqual([
      ['notification', { id: 'N1', orderId: 'O1', kind: 'order-confirmed', to: 'a***@example.org', subject: 'Hi' }],
    ]);
  });
});
