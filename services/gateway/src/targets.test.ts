import { describe, expect, it } from '@jest/globals';
import { orderNamedBy, refuseDotSegments, type Target, targetOf } from './targets.ts';

const located = (target: string) => {
  const { service, path, route } = targetOf(target) ?? {};
  return [service, path, route];
};

describe('a path belongs to the service', () => {
  it.each([
    ['/orders', 'order'],
    ['/availability', 'order'],
    ['/sagas', 'order'],
    ['/circuit-breaker', 'order'],
    ['/audit', 'order'],
    ['/inventory', 'inventory'],
    ['/products', 'product'],
    ['/payments', 'payment'],
    ['/shipments', 'shipping'],
    ['/shipping', 'shipping'],
    ['/notifications', 'notification'],
  ])('%s: %s, with all that is below it, and under /api too', (prefix, service) => {
    for (const path of [prefix, `${prefix}/`, `${prefix}/x/y?z=1`, `${prefix}?limit=2`]) {
      expect(located(path)).toEqual([service, path, `${prefix}/*`]);
      expect(located(`/api${path}`)).toEqual([service, path, `${prefix}/*`]);
    }
  });

  it('that it names after /services, as a path of its own', () => {
    for (const service of ['order', 'inventory', 'payment', 'shipping', 'product', 'notification']) {
      expect(located(`/services/${service}/x`)).toEqual([service, '/x', `/services/${service}/*`]);
    }
    expect(located('/services/payment/chaos')).toEqual(['payment', '/chaos', '/services/payment/*']);
    expect(located('/services/order/orders/a%2Fb?x=%20')).toEqual([
      'order',
      '/orders/a%2Fb?x=%20',
      '/services/order/*',
    ]);
    expect(located('/services/order')).toEqual(['order', '/', '/services/order/*']);
    expect(located('/services/order?x=1')).toEqual(['order', '/?x=1', '/services/order/*']);
  });

  it('also when the whole URL is given as the request target', () => {
    expect(located('http://other.example/orders/1')).toEqual(['order', '/orders/1', '/orders/*']);
    expect(located('HTTPS://other.example?x')).toEqual([undefined, undefined, undefined]);
  });
});

describe('a path belongs to no service', () => {
  it.each([
    '/',
    '/api',
    '/api/health',
    '/health',
    '/ordersx',
    '/Orders',
    '/API/orders',
    '/Services/order/health',
    '/services/Order/health',
    '/%6frders',
    '//orders',
    '/api/api/orders',
    '/constructor',
    '/services',
    '/services/gateway/health',
    '/services/constructor/x',
    '*',
    '',
  ])('%s', (path) => {
    expect(targetOf(path)).toBeUndefined();
  });
});

describe('dot segments', () => {
  const refusal = (path: string) => () => refuseDotSegments(targetOf(path) as Target);

  it.each([
    '/orders/..',
    '/orders/../sagas',
    '/orders/./x',
    '/orders/%2e%2E/sagas',
    '/orders/.%2e/sagas?x',
    '/services/order/..',
    '/services/order/../payment/chaos',
    '/api/orders/%2e?x',
  ])('are refused: %s', (path) => {
    const errors = [{ path: 'path', message: 'must not contain . or .. segments' }];
    const refused = { status: 400, code: 'VALIDATION_FAILED', details: { errors } };
    expect(refusal(path)).toThrow(expect.objectContaining(refused) as never);
  });

  it.each(['/orders/...', '/orders/a..b', '/orders/..a', '/orders/%2e%2e%2e', '/orders?next=/../x', '/orders/..%2Fx'])(
    'are not these: %s',
    (path) => {
      expect(refusal(path)).not.toThrow();
    },
  );
});

describe('the order in the log line of a request', () => {
  it.each([
    ['/orders/o1', 'o1'],
    ['/orders/o1/fulfill?x=1', 'o1'],
    ['/orders/o1?version=3', 'o1'],
    ['/payments?limit=2&orderId=o1', 'o1'],
    ['/orders', undefined],
    ['/orders/circuit-breaker/status', undefined],
    ['/orders/what%20is@this', undefined],
    ['/products/o1', undefined],
  ])('of %s is %s', (path, orderId) => {
    expect(orderNamedBy(path)).toBe(orderId);
  });
});
