import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

const SMTP = { SMTP_URL: 'smtp://user:secret@mail.example:587', MAIL_FROM: 'Our Shop <orders@shop.example>' };
const WEBHOOK = { WEBHOOK_URL: 'https://hooks.example/oms?x=1', WEBHOOK_SECRET: `whsec_${'A'.repeat(32)}` };

describe('the configuration', () => {
  it('has neither mails nor a webhook by default', () => {
    expect(readConfig({})).toMatchObject({ smtp: undefined, webhook: undefined });
  });

  it('has both when configured', () => {
    expect(readConfig({ ...SMTP, ...WEBHOOK })).toMatchObject({
      smtp: { url: SMTP.SMTP_URL, from: SMTP.MAIL_FROM },
      webhook: { url: WEBHOOK.WEBHOOK_URL, secret: WEBHOOK.WEBHOOK_SECRET },
    });
  });

  it('names all missing variables at once', () => {
    const half = { SMTP_URL: SMTP.SMTP_URL, WEBHOOK_URL: WEBHOOK.WEBHOOK_URL };
    expect(() => readConfig(half)).toThrow(/MAIL_FROM: is needed.*WEBHOOK_SECRET: is needed/s);
  });

  it.each([
    ['TRACKING_URL', 'https://shop.example/follow'],
    ['TRACKING_URL', 'javascript:alert({trackingNumber})'],
    ['SMTP_URL', 'http://mail.example'],
    ['MAIL_FROM', 'Our Shop'],
    ['MAIL_FROM', 'a@shop.example\r\nBcc: b@shop.example'],
    ['MAIL_FROM', 'a@shop.example, b@shop.example'],
    ['WEBHOOK_URL', 'ftp://hooks.example'],
    ['WEBHOOK_SECRET', 'whsec_short'],
    ['WEBHOOK_SECRET', 'not in base64, however long it may be'],
  ])('refuses %s=%j', (name, value) => {
    expect(() => readConfig({ ...SMTP, ...WEBHOOK, [name]: value })).toThrow(`${name}: `);
  });

  it.each(['orders@shop.example', 'Our Shop <orders@shop.example>', '<orders@shop.example>'])(
    'accepts %s as the sender',
    (MAIL_FROM) => {
      expect(readConfig({ ...SMTP, MAIL_FROM }).smtp?.from).toBe(MAIL_FROM);
    },
  );
});
