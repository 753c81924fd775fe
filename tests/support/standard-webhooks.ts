import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_S = 300;

interface Received {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A receiver's verification, written after the convention, not after the sender. */
export function isGenuine({ headers, body }: Received, secret: string, nowMs = Date.now()): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': given } = headers;
  if (Math.abs(nowMs / 1000 - Number(sentAt)) > TOLERANCE_S) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const wanted = createHmac('sha256', key).update(`${id}.${sentAt}.`).update(body).digest();
  return String(given)
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3), 'base64'))
    .some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
}
