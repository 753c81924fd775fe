import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { type CallSignal, Cut } from '@oms/shared/resilience/cut';
import type { World } from '@oms/shared/world';
import { signingSecrets, type Webhook } from '../domain/webhook.ts';
import { signed } from '../standard-webhooks.ts';
import type { Receivers } from './receivers.ts';

/** How a receiver answered; without a reason, it has taken the event. */
export interface Answered {
  status?: number;
  reason?: string;
}

export type Post = (webhook: Webhook, event: CloudEvent, signal: CallSignal) => Promise<Answered>;

const ATTEMPT_MS = 10_000;

/** Posts an event to a webhook, signed. Whatever is not a 2xx within the time has not been taken. */
export const createPost =
  ({ transport }: Pick<Receivers, 'transport'>, world: Pick<World, 'now'>, attemptMs = ATTEMPT_MS): Post =>
  async (webhook, event, signal) => {
    const { origin, pathname, search } = new URL(webhook.url);
    const body = JSON.stringify(event);
    const deadline = new Cut();
    const timer = setTimeout(() => deadline.abort(new Error(`no answer within ${attemptMs} ms`)), attemptMs);
    const forward = () => deadline.abort(signal.reason);
    signal.addEventListener('abort', forward);
    try {
      const { status } = await transport.send({
        method: 'POST',
        origin,
        path: pathname + search,
        headers: {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'user-agent': 'order-management',
          ...signed(event.id, body, signingSecrets(webhook, world.now()), world.now()),
        },
        body,
        signal: deadline,
      });
      if (status >= 200 && status < 300) return { status };
      return {
        status,
        reason: `it answered ${status}${status >= 300 && status < 400 ? ', and redirects are not followed' : ''}`,
      };
    } catch (error) {
      const { message, code } = error as Error & { code?: string };
      return { reason: message || code || 'no connection' };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', forward);
    }
  };
