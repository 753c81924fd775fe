import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

const SMTP = { SMTP_URL: 'smtp://user:secret@mail.example:587', MAIL_FROM: 'Our Shop <orders@shop.example>' };
const SMS = { SMS_ACCOUNT_SID: `AC${'0'.repeat(32)}`, SMS_AUTH_TOKEN: 'secret', SMS_FROM: '+15005550006' };
const WEBHOOK = { WEBHOOK_URL: 'https://hooks.example/oms?x=1', WEBHOOK_SECRET: `whsec_${'A'.repeat(32)}` };

describe('the configuration', () => {
  it('has neither mails, nor text messages, nor a webhook by default', () => {
    expect(readConfig({})).toMatchObject({ smtp: undefined, sms: undefined, webhook: undefined });
  });

  it('has all of them when configured', () => {
    expect(readConfig({ ...SMTP, ...SMS, ...WEBHOOK })).toMatchObject({
      smtp: { url: SMTP.SMTP_URL, from: SMTP.MAIL_FROM },
      sms: {
        ...{ accountSid: SMS.SMS_ACCOUNT_SID, authToken: 'secret', from: SMS.SMS_FROM, url: 'https://api.twilio.com' },
      },
      webhook: { url: WEBHOOK.WEBHOOK_URL, secret: WEBHOOK.WEBHOOK_SECRET },
    });
  });

  it('names all missing variables at once', () => {
    const { SMS_ACCOUNT_SID } = SMS;
    const half = { SMTP_URL: SMTP.SMTP_URL, SMS_ACCOUNT_SID, WEBHOOK_URL: WEBHOOK.WEBHOOK_URL };
    expect(() => readConfig(half)).toThrow(
      /MAIL_FROM: is needed.*SMS_AUTH_TOKEN: is needed.*SMS_FROM: is needed.*WEBHOOK_SECRET: is needed/s,
    );
  });

  it.each([
    ['TRACKING_URL', 'https://shop.example/follow'],
    ['TRACKING_URL', 'javascript:alert({trackingNumber})'],
    ['SMTP_URL', 'http://mail.example'],
    ['MAIL_FROM', 'Our Shop'],
    ['MAIL_FROM', 'a@shop.example\r\nBcc: b@shop.example'],
    ['MAIL_FROM', 'a@shop.example, b@shop.example'],
    ['SMS_ACCOUNT_SID', 'AC1'],
    ['SMS_FROM', 'Our Shop of Hats'],
    ['SMS_FROM', '+1 500 555 0006'],
    ['SMS_API_URL', 'ftp://api.example'],
    ['WEBHOOK_URL', 'ftp://hooks.example'],
    ['WEBHOOK_SECRET', 'whsec_short'],
    ['WEBHOOK_SECRET', 'not in base64, however long it may be'],
  ])('refuses %s=%j', (name, value) => {
    expect(() => readConfig({ ...SMTP, ...SMS, ...WEBHOOK, [name]: value })).toThrow(`${name}: `);
  });

  it.each(['orders@shop.example', 'Our Shop <orders@shop.example>', '<orders@shop.example>'])(
    'accepts %s as the sender',
    (MAIL_FROM) => {
      expect(readConfig({ ...SMTP, MAIL_FROM }).smtp?.from).toBe(MAIL_FROM);
    },
  );

  it.each(['+15005550006', '12345', 'Our Shop', `MG${'0'.repeat(32)}`])(
    'accepts %s as the sender of text messages',
    (SMS_FROM) => expect(readConfig({ ...SMS, SMS_FROM }).sms?.from).toBe(SMS_FROM),
  );
});
