import { feedVariables } from '@oms/shared/events/feed-source';
import { addressVariables, ConfigError, parseEnv, serviceVariables, variable } from '@oms/shared/service/config';
import { z } from 'zod';

const { flag, wholeNumber } = variable;

/** The form of a key that Standard Webhooks requires and its libraries read. */
const WEBHOOK_KEY = /^(whsec_)?[A-Za-z0-9+/]{32,88}={0,2}$/;

/** A number in E.164, a short code, a sender's name of up to 11 letters and digits, or a messaging service. */
const SMS_SENDER = /^(\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|MG[0-9a-f]{32})$/;

export const variables = {
  ...serviceVariables(3005),
  ...addressVariables({ order: 3000, payment: 3002, shipping: 3003 }),
  ...feedVariables,
  TRACKING_URL: z
    .string()
    .regex(/^https?:\/\/[^\s{}]+\{trackingNumber\}[^\s{}]*$/, 'must be an address with {trackingNumber} in it')
    .default('http://127.0.0.1:8080/shipments/track/{trackingNumber}')
    .describe('Where customers follow their shipment'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('A mail server, smtp://user:password@host:port (smtps: TLS from the start). Empty: no mails'),
  MAIL_FROM: z
    .string()
    .regex(/^([^<>@\r\n]+ )?<?[^\s<>@,;]+@[^\s<>@,;]+>?$/, 'must be an address, or a name and an <address>')
    .optional()
    .describe('The sender of the mails, for instance Our Shop <orders@shop.example>; needed with SMTP_URL'),
  MAIL_RECIPIENTS_PER_CUSTOMER: wholeNumber(1, 1_000, 5).describe(
    'To how many addresses and phone numbers one customer can have notifications sent in 24 hours',
  ),
  SMS_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits')
    .optional()
    .describe('The account at Twilio that sends text messages to customers without a mail address. Empty: none'),
  SMS_AUTH_TOKEN: z.string().optional().describe('The secret of that account; needed with SMS_ACCOUNT_SID'),
  SMS_FROM: z
    .string()
    .regex(SMS_SENDER, 'must be a phone number, a short code, a name, or the SID of a messaging service (MG…)')
    .optional()
    .describe('Who sends them: a number of the account, or its messaging service (MG…); needed with SMS_ACCOUNT_SID'),
  SMS_API_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.twilio.com')
    .describe('Where the API of Twilio is, or of another that speaks it'),
  WEBHOOK_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Gets the notifications of customers who can be sent neither. Empty: those are only logged'),
  WEBHOOK_SECRET: z
    .string()
    .regex(WEBHOOK_KEY, 'must be whsec_ and at least 24 random bytes in base64')
    .optional()
    .describe('Signs them: whsec_ and at least 24 random bytes in base64; needed with WEBHOOK_URL'),
  WEBHOOK_PRIVATE_ADDRESSES: flag.describe(
    'true: the webhooks of POST /webhooks may lead to private addresses, to any port, and without TLS; for development, npm start sets it',
  ),
};

export function readConfig(env: Record<string, string | undefined>) {
  const { SMTP_URL, MAIL_FROM, WEBHOOK_URL, WEBHOOK_SECRET, ...rest } = parseEnv(variables, env);
  const { SMS_ACCOUNT_SID: accountSid, SMS_AUTH_TOKEN: authToken, SMS_FROM: from, SMS_API_URL: url, ...config } = rest;
  const lacks = [
    ...(SMTP_URL && !MAIL_FROM ? ['  MAIL_FROM: is needed with SMTP_URL'] : []),
    ...(accountSid && !authToken ? ['  SMS_AUTH_TOKEN: is needed with SMS_ACCOUNT_SID'] : []),
    ...(accountSid && !from ? ['  SMS_FROM: is needed with SMS_ACCOUNT_SID'] : []),
    ...(WEBHOOK_URL && !WEBHOOK_SECRET ? ['  WEBHOOK_SECRET: is needed with WEBHOOK_URL'] : []),
  ];
  if (lacks.length > 0) throw new ConfigError(['The environment is not usable:', ...lacks].join('\n'));
  return {
    ...config,
    smtp: SMTP_URL && MAIL_FROM ? { url: SMTP_URL, from: MAIL_FROM } : undefined,
    sms: accountSid && authToken && from ? { accountSid, authToken, from, url } : undefined,
    webhook: WEBHOOK_URL && WEBHOOK_SECRET ? { url: WEBHOOK_URL, secret: WEBHOOK_SECRET } : undefined,
  };
}
export type Config = ReturnType<typeof readConfig>;
