import { feedVariables } from '@oms/shared/events/feed-source';
import { addressVariables, ConfigError, parseEnv, serviceVariables, variable } from '@oms/shared/service/config';
import { z } from 'zod';

const { wholeNumber } = variable;

/** The form of a key that Standard Webhooks requires and its libraries read. */
const WEBHOOK_KEY = /^(whsec_)?[A-Za-z0-9+/]{32,88}={0,2}$/;

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
    'To how many addresses one customer can have notifications sent in 24 hours',
  ),
  WEBHOOK_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Gets the notifications of customers who cannot be sent a mail. Empty: those are only logged'),
  WEBHOOK_SECRET: z
    .string()
    .regex(WEBHOOK_KEY, 'must be whsec_ and at least 24 random bytes in base64')
    .optional()
    .describe('Signs them: whsec_ and at least 24 random bytes in base64; needed with WEBHOOK_URL'),
};

export function readConfig(env: Record<string, string | undefined>) {
  const { SMTP_URL, MAIL_FROM, WEBHOOK_URL, WEBHOOK_SECRET, ...config } = parseEnv(variables, env);
  const lacks = [
    ...(SMTP_URL && !MAIL_FROM ? ['  MAIL_FROM: is needed with SMTP_URL'] : []),
    ...(WEBHOOK_URL && !WEBHOOK_SECRET ? ['  WEBHOOK_SECRET: is needed with WEBHOOK_URL'] : []),
  ];
  if (lacks.length > 0) throw new ConfigError(['The environment is not usable:', ...lacks].join('\n'));
  return {
    ...config,
    smtp: SMTP_URL && MAIL_FROM ? { url: SMTP_URL, from: MAIL_FROM } : undefined,
    webhook: WEBHOOK_URL && WEBHOOK_SECRET ? { url: WEBHOOK_URL, secret: WEBHOOK_SECRET } : undefined,
  };
}
export type Config = ReturnType<typeof readConfig>;
