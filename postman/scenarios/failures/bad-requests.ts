import { getOrder, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { folder, refuses, step, stray } from '../../step.ts';

export const badRequests = folder('Bad requests', 'Requests that are refused before they change anything.', [
  step(placeOrder, 'Malformed JSON', 'A body that is cut off.', {
    wrongBody: '{"customerId": "CUST1", "items": [',
    expect: refuses('it is not JSON', 400, 'MALFORMED_JSON'),
  }),
  step(placeOrder, 'Invalid Order', 'All that is wrong is named at once.', {
    body: { customerId: 'CUST1', items: [{ productId: 'not an id', quantity: 0, price: -1 }] },
    expect: refuses('each field that is wrong is named', 400, 'VALIDATION_FAILED', {
      check: ({ errors }) => {
        const paths = errors.map(({ path }: { path: string }) => path);
        pm.expect(paths).to.include.members(['items.0.productId', 'items.0.quantity', 'items.0.price']);
      },
    }),
  }),
  step(placeOrder, 'Not JSON', 'A body of another kind.', {
    headers: { 'Content-Type': 'text/plain' },
    wrongBody: 'one of each, please',
    expect: refuses('only JSON is understood', 415, 'UNSUPPORTED_MEDIA_TYPE'),
  }),
  step(placeOrder, 'Too Large', 'A body of more than 100 kB.', {
    before: { run: () => pm.variables.set('longText', 'x'.repeat(110 * 1024)) },
    wrongBody: {
      customerId: 'CUST1',
      note: '{{longText}}',
      items: [{ productId: 'prod1', quantity: 1, price: 10.99 }],
    },
    expect: refuses('it is too large', 413, 'PAYLOAD_TOO_LARGE'),
  }),
  step(getOrder, 'Bad Id', 'An id with characters that no id has.', {
    params: { id: 'not%20an%20id' },
    expect: refuses('it is not an id', 400, 'VALIDATION_FAILED'),
  }),
  stray('GET', '/odrers', 'Unknown Route', 'A path that does not exist.', {
    at: 'order',
    expect: refuses('there is no such route', 404, 'ROUTE_NOT_FOUND'),
  }),
  stray('DELETE', '/orders', 'Wrong Method', 'A path that exists, and a method that it does not know.', {
    at: 'order',
    expect: refuses('it says which methods there are', 405, 'METHOD_NOT_ALLOWED', {
      check: () => {
        const allowed = pm.response.headers.get('Allow').split(/,\s*/);
        pm.expect(allowed).to.include.members(['GET', 'POST']).and.not.include('DELETE');
      },
    }),
  }),
  stray('GET', '/orders', 'Unknown Query Parameter', 'A filter that is misspelled lets nothing through.', {
    at: 'order',
    query: { stauts: 'CONFIRMED' },
    expect: refuses('it says which one', 400, 'VALIDATION_FAILED', { body: { errors: [{ path: 'stauts' }] } }),
  }),
  stray('POST', '/circuit-breaker/reset', 'Foreign Page', 'What a web page of somebody else sends.', {
    at: 'gateway',
    headers: { Origin: 'https://evil.example' },
    expect: refuses('it changes nothing', 403, 'FOREIGN_ORIGIN'),
  }),
]);
