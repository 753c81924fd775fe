import { describe, expect, it } from '@jest/globals';
import { Id } from '@oms/shared/contracts/common';
import fc from 'fast-check';
import { idOf, reachedAt, rolesIn } from './claims.ts';

describe('the id of a sub', () => {
  it.each(['ada', 'a'.repeat(64), '5f0c9a6e-6f0f-4f52-9a3a-1f0c9a6e6f0f', 'sub:ada', 'auth0:1'])(
    'is the sub itself, where that is an id: %s',
    (sub) => expect(idOf(sub)).toBe(sub),
  );

  it('is a hash that everybody can make, where it is none', () => {
    // printf %s 'auth0|ada' | openssl dgst -sha256 -binary | basenc --base64url | tr -d =
    expect(idOf('auth0|ada')).toBe('sub:hAR-j5-wPPgB-7sOk9H1a1SxBZLOr_qlfK2VR4VbvUI');
  });

  it.each(['a b', 'guest:1', 'a'.repeat(65), 'a'.repeat(255), 'ada\r\nX-Internal-Token: x', 'é', '😀', '\0', ' '])(
    'is valid for any sub: %j',
    (sub) => {
      expect(idOf(sub)).toMatch(/^sub:[\w-]{43}$/);
      expect(Id.safeParse(idOf(sub)).success).toBe(true);
    },
  );

  it('is not that of another, also of one who took the id as a sub', () => {
    const id = idOf('auth0|ada') as string;
    expect(idOf(id)).not.toBe(id);
    const subs = fc.oneof(
      fc.string({ minLength: 1, maxLength: 255, unit: 'binary' }),
      fc.string().map((text) => idOf(text) ?? 'x'),
    );
    fc.assert(
      fc.property(subs, subs, (one, other) => {
        fc.pre(idOf(one) !== undefined && one !== other);
        expect(idOf(one)).not.toBe(idOf(other));
      }),
    );
  });

  it.each(['', 'a'.repeat(256), '\ud800', 'a\udc00', undefined, null, 7, ['ada'], { sub: 'ada' }])(
    'is none for what is no sub: %j',
    (sub) => expect(idOf(sub)).toBeUndefined(),
  );
});

describe('the roles of a token', () => {
  it.each([
    ['in a list', 'roles', { roles: ['admin', 'customer'] }],
    ['in a text', 'scope', { scope: 'openid customer  admin' }],
    ['in a claim within another', 'realm_access.roles', { realm_access: { roles: ['customer', 'admin'] } }],
    [
      'in a claim whose name has dots',
      'https://shop.example/roles',
      { 'https://shop.example/roles': ['customer', 'admin'] },
    ],
    [
      'in a claim within one whose name has dots',
      'resource_access.shop.example.roles',
      { resource_access: { 'shop.example': { roles: ['customer', 'admin'] } } },
    ],
    ['in a claim whose name has a colon', 'cognito:groups', { 'cognito:groups': ['customer', 'admin'] }],
    ['where the whole name is also a way', 'a.b', { 'a.b': ['customer', 'admin'], a: { b: ['checkout'] } }],
    ['among others', 'roles', { roles: ['owner', 7, null, 'customer', 'admin'] }],
  ])('are found %s', (_where, path, claims) => {
    expect(rolesIn(claims, path)).toEqual(['customer', 'admin']);
  });

  it.each([
    ['are nested', 'roles', { roles: [['admin']] }],
    ['are an object', 'roles', { roles: { admin: true } }],
    ['are a text with other marks between', 'roles', { roles: 'admin,customer' }],
    ['are in other letters', 'roles', { roles: ['ADMIN', 'administrator'] }],
    ['are elsewhere', 'roles', { realm_access: { roles: ['admin'] } }],
    ['are not there', 'realm_access.roles', { realm_access: null }],
    ['would be in a text', 'sub.admin', { sub: 'admin' }],
    ['would be what every object has', 'constructor.name', {}],
  ])('are none where they %s', (_what, path, claims) => {
    expect(rolesIn(claims as never, path)).toEqual([]);
  });
});

describe('a customer', () => {
  const claims = { email: 'ada@shop.example', phone_number: '+15005550006' };
  const both = { email: claims.email, phone: claims.phone_number };

  it('is reached where the token says', () => {
    expect(reachedAt(claims)).toEqual(both);
    expect(reachedAt({ ...claims, email_verified: true, phone_number_verified: 'true' })).toEqual(both);
  });

  it.each([false, 'false'])('is not reached where the issuer says that nobody has verified it: %j', (no) => {
    expect(reachedAt({ ...claims, email_verified: no })).toEqual({ ...both, email: undefined });
    expect(reachedAt({ ...claims, phone_number_verified: no })).toEqual({ ...both, phone: undefined });
  });
});
