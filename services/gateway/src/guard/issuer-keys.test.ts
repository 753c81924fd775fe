import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@oms/shared/telemetry/logger';
import { json, startTarget, type Target } from '../../../../tests/support/call-target.ts';
import { IssuerKeys } from './issuer-keys.ts';

const jwk = (kid: string) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }),
  kid,
});
const [one, two] = [jwk('one'), jwk('two')];
const [MINUTE, DAY] = [60_000, 24 * 60 * 60_000];
const UNAVAILABLE = 'Tokens cannot be checked at the moment.';
const NOT_PUBLISHED = 'no applicable key found in the JSON Web Key Set';

const clock = { time: 0, now: () => clock.time };
const lines: { level: string; message: string; error?: string }[] = [];
const log = createLogger('gateway', 'info', (line) => lines.push(JSON.parse(line)));
let server: Target;
let published: object[];
let metadata: object;
let keys: IssuerKeys;

beforeEach(async () => {
  clock.time = Date.parse('2026-01-01T00:00:00Z');
  lines.length = 0;
  published = [one];
  server = await startTarget();
  metadata = { issuer: server.url, jwks_uri: `${server.url}/keys` };
  server.answer = (req, res) => json(res, 200, req.url === '/keys' ? { keys: published } : metadata);
  keys = new IssuerKeys({ issuer: server.url }, clock, log);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

/** The id of the key, or why there is none. */
const found = async (kid: string): Promise<string> => {
  try {
    await keys.of({ alg: 'RS256', kid }, undefined as never);
    return kid;
  } catch (error) {
    return (error as Error).message;
  }
};
const fetched = () => server.requests.filter(({ path }) => path === '/keys').length;
const paths = () => server.requests.map(({ path }) => path);
const fail = () => void (server.answer = (_req, res) => json(res, 500, {}));

describe('the keys of an issuer', () => {
  it('are found by what it says of itself, and fetched once for all tokens', async () => {
    expect(await Promise.all(['one', 'one', 'two'].map(found))).toEqual(['one', 'one', NOT_PUBLISHED]);
    expect(await found('one')).toBe('one');
    expect(paths()).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it.each(['', '/'])('belong to an issuer with a path, whether it ends with a slash or not: "%s"', async (end) => {
    const issuer = `${server.url}/realms/shop${end}`;
    metadata = { ...metadata, issuer };
    keys = new IssuerKeys({ issuer }, clock, log);
    expect(await found('one')).toBe('one');
    expect(paths()[0]).toBe('/realms/shop/.well-known/openid-configuration');
  });

  it('may be at an address of their own', async () => {
    keys = new IssuerKeys({ url: `${server.url}/keys` }, clock, log);
    expect(await found('one')).toBe('one');
    expect(paths()).toEqual(['/keys']);
  });

  it('are fetched again after ten minutes, and what is no longer there is no key', async () => {
    expect(await found('one')).toBe('one');
    published = [two];
    clock.time += 10 * MINUTE - 1;
    expect(await found('one')).toBe('one');
    clock.time += 1;
    expect(await found('one')).toBe(NOT_PUBLISHED);
    expect(fetched()).toBe(2);
  });

  it('are fetched again for a new one, but every five seconds at most', async () => {
    expect(await found('one')).toBe('one');
    published = [one, two];
    clock.time += 4_999;
    expect(await found('two')).toBe(NOT_PUBLISHED);
    expect(fetched()).toBe(1);
    clock.time += 1;
    expect(await Promise.all(['two', 'three', 'four'].map(found))).toEqual(['two', NOT_PUBLISHED, NOT_PUBLISHED]);
    expect(fetched()).toBe(2);
  });

  it('are fetched again as often after the clock was set back, and no longer used than else', async () => {
    expect(await found('one')).toBe('one');
    published = [two];
    clock.time -= 365 * DAY;
    expect(await found('one')).toBe('one');
    clock.time += 5_000;
    expect(await found('two')).toBe('two');
    fail();
    clock.time -= DAY;
    expect(await found('two')).toBe('two');
    clock.time += DAY;
    expect(await found('two')).toBe(UNAVAILABLE);
  });
});

describe('what an issuer says is refused', () => {
  const wrong: [what: string, change: () => void, why: RegExp][] = [
    [
      'of another issuer',
      () => (metadata = { ...metadata, issuer: `${server.url}/` }),
      /OIDC_ISSUER is http.*, but the issuer there is http.*\//,
    ],
    ['without an issuer', () => (metadata = { ...metadata, issuer: undefined }), /issuer/],
    ['without keys', () => (metadata = { ...metadata, jwks_uri: undefined }), /jwks_uri/],
    ['with keys elsewhere by http', () => (metadata = { ...metadata, jwks_uri: 'http://keys.example' }), /by https/],
    ['with keys in a file', () => (metadata = { ...metadata, jwks_uri: 'file:///keys' }), /by https/],
    ['that is an error', fail, /answered 500/],
    ['that leads elsewhere', () => (server.answer = (_req, res) => json(res, 302, {}, { Location: '/x' })), /302/],
    ['that is no JSON', () => (server.answer = (_req, res) => void res.end('<html>')), /JSON/],
    ['whose keys are none', () => (published = 'none' as never), /JSON Web Key Set/],
    [
      'that does not end',
      () => (server.answer = (_req, res) => void res.end(Buffer.alloc(600_000, ' '))),
      /more than 524288 bytes/,
    ],
  ];

  it.each(wrong)('%s', async (_what, change, why) => {
    change();
    expect(await found('one')).toBe(UNAVAILABLE);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', message: 'the keys that check tokens could not be fetched' }),
    ]);
    expect(lines[0]?.error).toMatch(why);
  });

  describe('that is not there within three seconds', () => {
    const limit = { ends: () => {} };
    beforeEach(() => {
      const controller = new AbortController();
      jest.spyOn(AbortSignal, 'timeout').mockReturnValue(controller.signal);
      limit.ends = () => controller.abort(new Error('too late'));
    });
    const expectTooLate = async () => {
      expect(await found('one')).toBe(UNAVAILABLE);
      expect(jest.mocked(AbortSignal.timeout).mock.calls).toEqual([[3_000]]);
      expect(lines[0]?.error).toMatch(/too late/);
    };

    it('because nothing comes', async () => {
      server.answer = () => limit.ends();
      await expectTooLate();
    });

    it('because it has begun, and does not end', async () => {
      server.answer = (_req, res) => void res.writeHead(200).write('{ "issuer": ');
      const { fetch } = globalThis;
      jest.spyOn(globalThis, 'fetch').mockImplementation(async (...asked) => {
        const answer = await fetch(...asked);
        limit.ends();
        return answer;
      });
      await expectTooLate();
    });
  });
});

describe('while the keys cannot be fetched', () => {
  it('those that are known count for a day, and nobody waits for others', async () => {
    expect(await found('one')).toBe('one');
    fail();
    clock.time += 10 * MINUTE;
    expect(await found('one')).toBe('one');
    server.answer = () => {};
    clock.time += 10 * MINUTE - 1;
    expect(await found('one')).toBe('one');
    await server.close();
    clock.time += DAY - 20 * MINUTE;
    expect(await found('one')).toBe('one');
    clock.time += 1;
    expect(await found('one')).toBe(UNAVAILABLE);
  });

  it('it is not known whether another key is one of them', async () => {
    expect(await found('one')).toBe('one');
    fail();
    clock.time += 5_000;
    expect([await found('two'), await found('two'), await found('one')]).toEqual([UNAVAILABLE, UNAVAILABLE, 'one']);
    expect(fetched()).toBe(1);
    expect(paths()).toHaveLength(3);
  });

  it('it is tried again every five seconds, and the log says when it began and when it was over', async () => {
    const { answer } = server;
    fail();
    for (let i = 0; i < 3; i++) expect(await found('one')).toBe(UNAVAILABLE);
    expect(paths()).toHaveLength(1);
    clock.time += 5_000;
    expect(await found('one')).toBe(UNAVAILABLE);
    expect(paths()).toHaveLength(2);
    server.answer = answer;
    clock.time += 5_000;
    expect(await found('one')).toBe('one');
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'the keys that check tokens could not be fetched'],
      ['info', 'the keys that check tokens can be fetched again'],
    ]);
  });
});
