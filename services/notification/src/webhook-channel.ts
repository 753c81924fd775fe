import { createHmac } from 'node:crypto';
import { undiciTransport } from '@oms/shared/resilience/transport';
import type { World } from '@oms/shared/world';
import { type Channel, Refused } from './channels.ts';

export interface WebhookSettings {
  url: string;
  /** In the form of Standard Webhooks: `whsec_` and the key in base64. */
  secret: string;
}

/** Refusals after which a retry may help: too slow, too many. */
const PASSING = [408, 429];

/** Posts each message with a Standard Webhooks signature, so that the receiver can verify it and notice a replay. */
export function webhookChannel({ url, secret }: WebhookSettings, world: Pick<World, 'now'>): Channel {
  const { origin, pathname, search } = new URL(url);
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  // Follows no redirects: a signed message goes to the configured address and nowhere else.
  const transport = undiciTransport();

  return {
    name: 'webhook',
    async send({ at, ...message }, signal) {
      const timestamp = new Date(at).toISOString();
      const body = JSON.stringify({ type: `notification.${message.kind}`, timestamp, data: message });
      const sentAt = String(Math.floor(world.now() / 1000));
      const signature = createHmac('sha256', key).update(`${message.id}.${sentAt}.${body}`).digest('base64');
      const { status } = await transport.send({
        method: 'POST',
        origin,
        path: pathname + search,
        headers: {
          'content-type': 'application/json',
          'webhook-id': message.id,
          'webhook-timestamp': sentAt,
          'webhook-signature': `v1,${signature}`,
        },
        body,
        signal,
      });
      if (status >= 200 && status < 300) return;
      const reason = `the webhook answered ${status}`;
      throw status >= 400 && status < 500 && !PASSING.includes(status) ? new Refused(reason) : new Error(reason);
    },
    close: () => transport.close(),
  };
}
