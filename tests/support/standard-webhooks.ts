import { verifyWebhook, WebhookRefused } from '@oms/client';

interface Received {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Whether a receiver takes it for what the sender sent. */
export async function isGenuine({ headers, body }: Received, secret: string, now = Date.now()): Promise<boolean> {
  try {
    await verifyWebhook(body, headers, secret, { now });
    return true;
  } catch (error) {
    if (error instanceof WebhookRefused) return false;
    throw error;
  }
}

/** Whether he does so with all of them. */
export const areGenuine = async (all: readonly Received[], secret: string, now?: number): Promise<boolean> =>
  (await Promise.all(all.map((one) => isGenuine(one, secret, now)))).every((genuine) => genuine);
