import { expect, it } from '@jest/globals';
import { curlOf } from './curl.ts';

it('a request becomes a curl command, with every character quoted', () => {
  const body = { reason: "it's $HOME `x`" };
  expect(curlOf({ method: 'POST', path: '/orders/1/cancel', body }, 'http://h', true)).toBe(
    `curl -s 'http://h/orders/1/cancel' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"reason":"it'\\''s $HOME \`x\`"}'`,
  );
  expect(curlOf({ method: 'POST', path: '/orders/1/confirm' }, 'http://h', false)).toBe(
    "curl -s -X POST 'http://h/orders/1/confirm'",
  );
  expect(curlOf({ method: 'PUT', path: '/x', body: {} }, 'http://h', false)).toBe(
    "curl -s -X PUT 'http://h/x' -H 'Content-Type: application/json' -d '{}'",
  );
});
