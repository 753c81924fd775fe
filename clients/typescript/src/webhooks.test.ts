import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { verifyWebhook, WebhookRefused } from './webhooks.ts';

/** The example of Standard Webhooks, from its own tests. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = '{"test": 2432232314}';
const NOW = 1_614_265_330_000;
const HEADERS = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const OTHER = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const at = { now: NOW };

const signatureOf = (secret: string, body: string | Uint8Array) => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = createHmac('sha256', key).update(`${HEADERS['webhook-id']}.${HEADERS['webhook-timestamp']}.`);
  return `v1,${signed.update(body).digest('base64')}`;
};
const signed = (signature: string) => ({ ...HEADERS, 'webhook-signature': signature });

describe('a genuine request', () => {
  it.each<[string, Parameters<typeof verifyWebhook>[1]]>([
    ['of Node', HEADERS],
    ['of fetch', new Headers(HEADERS)],
    ['with capitals', Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name.toUpperCase(), value]))],
  ])('is its event: headers %s', async (_, headers) => {
    expect(await verifyWebhook(BODY, headers, SECRET, at)).toEqual({ test: 2432232314 });
  });

  it('is verified as it came, byte by byte', async () => {
    const body = `\u{feff}{"name": "Café \u{1f600}"}`;
    const bytes = new TextEncoder().encode(body);
    const headers = signed(signatureOf(SECRET, bytes));
    expect(await verifyWebhook(bytes, headers, SECRET, at)).toEqual({ name: 'Café \u{1f600}' });
    const headersOfText = signed(signatureOf(SECRET, body.slice(1)));
    expect(await verifyWebhook(body.slice(1), headersOfText, SECRET, at)).toEqual({ name: 'Café \u{1f600}' });
  });

  it('may have several signatures, and its receiver several secrets: a secret is replaced without a gap', async () => {
    const both = `${signatureOf(OTHER, BODY)} ${HEADERS['webhook-signature']}`;
    for (const secrets of [SECRET, OTHER, [OTHER, SECRET]])
      expect(await verifyWebhook(BODY, signed(both), secrets, at)).toEqual({ test: 2432232314 });
    expect(await verifyWebhook(BODY, HEADERS, [OTHER, SECRET], at)).toEqual({ test: 2432232314 });
  });

  it('may have a signature of a kind that is not known here', async () => {
    expect(await verifyWebhook(BODY, signed(`v1a,x ${HEADERS['webhook-signature']}`), SECRET, at)).toBeDefined();
  });

  it.each([-299, 299])('may be from a clock that is %i s off', async (seconds) => {
    expect(await verifyWebhook(BODY, HEADERS, SECRET, { now: NOW + seconds * 1_000 })).toBeDefined();
  });
});

describe('a request is refused', () => {
  const refuses = (
    headers: object,
    body = BODY,
    secrets: string | string[] = SECRET,
    now = NOW,
    toleranceMs?: number,
  ) =>
    expect(
      verifyWebhook(body, headers as never, secrets, { now, ...(toleranceMs ? { toleranceMs } : {}) }),
    ).rejects.toThrow(WebhookRefused);

  it.each(Object.keys(HEADERS))('without %s', async (name) => {
    await refuses({ ...HEADERS, [name]: undefined });
    await refuses({ ...HEADERS, [name]: '' });
    await refuses({ ...HEADERS, [name]: ['a', 'b'] });
  });

  it('with another body, id, time or secret', async () => {
    await refuses(HEADERS, BODY.replace('4', '5'));
    await refuses(HEADERS, BODY.replace(' ', ''));
    await refuses({ ...HEADERS, 'webhook-id': 'msg_other' });
    await refuses({ ...HEADERS, 'webhook-timestamp': '1614265331' });
    await refuses(HEADERS, BODY, OTHER);
    await refuses(HEADERS, BODY, []);
  });

  it.each([
    ['none of a known kind', HEADERS['webhook-signature'].replace('v1,', 'v2,')],
    ['a part of it', HEADERS['webhook-signature'].slice(0, -2)],
    ['more than it', `${HEADERS['webhook-signature']}A`],
    ['nothing of it', 'v1,'],
  ])('with a signature that is %s', (_, signature) => refuses(signed(signature)));

  it.each([-301, 301])('that is %i s from now: somebody may repeat it', (seconds) =>
    refuses(HEADERS, BODY, SECRET, NOW + seconds * 1_000),
  );

  it('that is too old for a receiver who is stricter', () => refuses(HEADERS, BODY, SECRET, NOW + 61_000, 60_000));

  it.each(['now', '-1614265330', '1614265330.5', '1e9', '99999999999999999999'])('with the time %s', (time) =>
    refuses({ ...HEADERS, 'webhook-timestamp': time }),
  );
});

it.each(['', 'whsec_', 'not base64!'])('a secret that is none is an error of its own: %j', async (secret) => {
  const error = await verifyWebhook(BODY, HEADERS, secret, at).catch((reason) => reason);
  expect(error.message).toMatch(/key|encoded|character/i);
  expect(error).not.toBeInstanceOf(WebhookRefused);
});
