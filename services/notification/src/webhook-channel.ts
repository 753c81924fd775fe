import { undiciTransport } from '@oms/shared/resilience/transport';
import type { World } from '@oms/shared/world';
import { type Channel, Refused } from './channels.ts';
import { signed } from './standard-webhooks.ts';

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
  // Follows no redirects: a signed message goes to the configured address and nowhere else.
  const transport = undiciTransport();

  return {
    name: 'webhook',
    async send({ at, ...message }, signal) {
      const timestamp = new Date(at).toISOString();
      const body = JSON.stringify({ type: `notification.${message.kind}`, timestamp, data: message });
      const { status } = await transport.send({
        method: 'POST',
        origin,
        path: pathname + search,
        headers: { 'content-type': 'application/json', ...signed(message.id, body, [secret], world.now()) },
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
