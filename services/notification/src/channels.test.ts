import { describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@oms/shared/telemetry/logger';
import { recorder } from '../test/notification-service.ts';
import { channelFor, masked } from './channels.ts';
import { logChannel } from './log-channel.ts';

const [smtp, webhook, log] = [recorder('smtp'), recorder('webhook'), recorder('log')];

describe('the channel', () => {
  it('of a customer with an address is mail, if configured', () => {
    expect(channelFor({ smtp, webhook, log }, 'ada@example.org')).toBe(smtp);
    expect(channelFor({ webhook, log }, 'ada@example.org')).toBe(webhook);
    expect(channelFor({ log }, 'ada@example.org')).toBe(log);
  });

  it('of a customer without one is the webhook, if configured', () => {
    expect(channelFor({ smtp, webhook, log }, undefined)).toBe(webhook);
    expect(channelFor({ smtp, log }, undefined)).toBe(log);
  });
});

describe('an address in the logs', () => {
  it.each([
    ['ada@example.org', 'a***@example.org'],
    ['550 <ada.lovelace+x@example.org>: unknown, eve@b.example', '550 <a***@example.org>: unknown, e***@b.example'],
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
