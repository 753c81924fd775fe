import { expect, it } from '@jest/globals';
import { isDatabaseUrl, serversIn, withDatabase } from './database-url.ts';

const SEVERAL = 'postgres://ann:p%40ss@one:5432,[::1]:5433/shop?target_session_attrs=read-write';

it('each server has its own address', () => {
  expect(serversIn(SEVERAL)).toEqual([
    'postgres://ann:p%40ss@one:5432/shop?target_session_attrs=read-write',
    'postgres://ann:p%40ss@[::1]:5433/shop?target_session_attrs=read-write',
  ]);
});

it('another database is of the same servers', () => {
  expect(withDatabase(SEVERAL, 'shop_order')).toBe(SEVERAL.replace('/shop', '/shop_order'));
});

it.each([
  ['postgres://host', true],
  ['postgresql://ann@host:5432/shop', true],
  ['postgres://one,two/shop', true],
  [SEVERAL, true],
  ['postgres://one,two?target_session_attrs=primary', true],
  ['postgres://one,two?target_session_attrs=any', false],
  ['postgres://one,two?target_session_attrs=standby', false],
  ['postgres://one:x,two', false],
  ['postgres://one,/shop', false],
  ['postgres://', false],
  ['http://host', false],
  ['host:5432', false],
])('%s names servers: %s', (text, names) => expect(isDatabaseUrl(text)).toBe(names));
