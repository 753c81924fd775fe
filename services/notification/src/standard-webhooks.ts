import { createHmac, randomBytes } from 'node:crypto';

/** In the form of Standard Webhooks: `whsec_` and the key in base64. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/** The headers with which a receiver can verify a message and notice a replay: one signature with each secret. */
export function signed(id: string, body: string, secrets: readonly string[], nowMs: number): Record<string, string> {
  const sentAt = String(Math.floor(nowMs / 1000));
  const signatures = secrets.map((secret) => {
    return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${sentAt}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': signatures.join(' ') };
}
