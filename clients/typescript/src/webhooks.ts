/** An event as a webhook is told of it: a CloudEvent. */
export interface WebhookEvent {
  /** That of `webhook-id`. An event may come again; whoever has its id already is done. */
  id: string;
  /** Such as `order.placed`. */
  type: string;
  source: string;
  /** The order that it is about. */
  subject?: string;
  time: string;
  data: Record<string, unknown>;
}

type HeadersLike = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

interface Verification {
  /** How old a request may be, or how early; it is refused later, so that nobody can repeat it: 5 minutes. */
  toleranceMs?: number;
  now?: number;
}

const TOLERANCE_MS = 5 * 60_000;

/** A request that nobody has signed who knows the secret, or not lately. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
}

/**
 * The event of a request to a webhook, once its signature (Standard Webhooks) is verified. `body` is what came, before it was parsed.
 * While a secret is replaced by another one, both are given: one that fits is enough.
 */
export async function verifyWebhook(
  body: string | Uint8Array<ArrayBuffer>,
  headers: HeadersLike,
  secrets: string | readonly string[],
  { toleranceMs = TOLERANCE_MS, now = Date.now() }: Verification = {},
): Promise<WebhookEvent> {
  const id = headerIn(headers, 'webhook-id');
  const sentAt = headerIn(headers, 'webhook-timestamp');
  const given = headerIn(headers, 'webhook-signature').split(' ');
  if (!/^\d{1,12}$/.test(sentAt) || Math.abs(now - Number(sentAt) * 1_000) > toleranceMs)
    throw new WebhookRefused(`webhook-timestamp is ${sentAt}: too far from now`);
  const signed = await new Blob([`${id}.${sentAt}.`, body]).arrayBuffer();
  for (const secret of [secrets].flat()) {
    const wanted = `v1,${await signatureOf(signed, secret)}`;
    if (given.some((one) => isSame(one, wanted))) return JSON.parse(await new Blob([body]).text());
  }
  throw new WebhookRefused('no webhook-signature is that of the secret');
}

function headerIn(headers: HeadersLike, name: string): string {
  const entries = Symbol.iterator in headers ? [...(headers as Headers)] : Object.entries(headers);
  const [, value] = entries.find(([one]) => one.toLowerCase() === name) ?? [];
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookRefused(`there is no ${name}`);
}

async function signatureOf(signed: ArrayBuffer, secret: string): Promise<string> {
  const key = Uint8Array.from(atob(secret.replace(/^whsec_/, '')), (character) => character.charCodeAt(0));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign']);
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', imported, signed))));
}

/** Takes as long whichever characters differ. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
