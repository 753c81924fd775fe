/** What Postman runs with every request, as functions that know nothing but `pm`. */

/** Before each request: one that is clicked by itself finds what it is about, saved by an earlier one, or made now. */
export function makeWhatIsMissing(): void {
  const guid = pm.variables.replaceIn('postman-{{$guid}}');
  const items = [{ productId: 'prod1', quantity: 1 }];
  const shippingAddress = {
    name: 'Ada Lovelace',
    street: '12 Main St',
    city: 'Springfield',
    zip: '12345',
    country: 'US',
  };
  const placed = { customerId: 'CUST1', items: [{ productId: 'prod1', quantity: 1, price: 10.99 }], shippingAddress };
  type Made = Record<string, string>;
  const makes = [
    {
      names: ['orderId', 'orderTag', 'placedAt', 'confirmedAt'],
      url: '{{orderUrl}}/orders',
      body: placed,
      saves: ({ id, version, createdAt, updatedAt }: Made) => ({
        orderId: id,
        orderTag: `"${version}"`,
        orderVersion: version,
        placedAt: createdAt,
        confirmedAt: updatedAt,
      }),
    },
    {
      names: ['secondOrderId'],
      url: '{{orderUrl}}/orders',
      body: placed,
      saves: ({ id }: Made) => ({ secondOrderId: id }),
    },
    {
      names: ['reservedFor'],
      url: '{{inventoryUrl}}/inventory/reserve',
      body: { orderId: guid, items },
      saves: () => ({ reservedFor: guid }),
    },
    {
      names: ['paidFor', 'paymentId'],
      url: '{{paymentUrl}}/payments/authorize',
      body: { orderId: guid, amount: 29.99 },
      saves: ({ id }: Made) => ({ paidFor: guid, paymentId: id }),
    },
    {
      names: ['shippedFor', 'shipmentId', 'trackingNumber'],
      url: '{{shippingUrl}}/shipments',
      body: { orderId: guid, items, shippingAddress },
      saves: ({ id, trackingNumber }: Made) => ({ shippedFor: guid, shipmentId: id, trackingNumber }),
    },
  ];
  const asked = JSON.stringify(pm.request);
  const isMissing = (name: string) => asked.includes(`{{${name}}}`) && !pm.collectionVariables.get(name);
  for (const { names, url, body, saves } of makes.filter((make) => make.names.some(isMissing))) {
    const made = {
      url: pm.variables.replaceIn(url),
      method: 'POST',
      header: { 'Content-Type': 'application/json' },
      body: { mode: 'raw', raw: JSON.stringify(body) },
    };
    pm.sendRequest(made, (error, answer) => {
      if (error || answer.code !== 201) return console.error(`${names[0]} could not be made`, error || answer.text());
      for (const [name, value] of Object.entries(saves(answer.json()))) pm.collectionVariables.set(name, value);
    });
  }
}

/** After each request. */
export function checkEveryAnswer(): void {
  pm.test('the answer names its request', () => pm.response.to.have.header('X-Request-Id'));
  if (pm.response.code < 400) return;
  const problem = pm.response.json();
  pm.test('the error is a problem document, and gives nothing away', () => {
    pm.expect(pm.response.headers.get('Content-Type')).to.match(/^application\/problem\+json/);
    pm.expect(problem).to.include.all.keys('type', 'title', 'status', 'detail', 'instance', 'code', 'traceId');
    pm.expect(problem.status).to.equal(pm.response.code);
    pm.expect(problem.code).to.match(/^[A-Z][A-Z_]+$/);
    pm.expect(pm.response.text()).to.not.match(/\bat .*:\d+:\d+|node_modules|<html/i);
  });

  // What was saved is gone, perhaps because its service was started anew: the next click makes it again.
  const gone: Record<string, string[]> = {
    ORDER_NOT_FOUND: ['orderId'],
    PAYMENT_NOT_FOUND: ['paymentId', 'paidFor'],
    SHIPMENT_NOT_FOUND: ['shipmentId', 'trackingNumber', 'shippedFor'],
  };
  const isGone = (name: string) => pm.request.url.path.includes(String(pm.collectionVariables.get(name)));
  const names = gone[problem.code] ?? [];
  if (pm.request.url.query.count() > 0 || !names.some(isGone)) return;
  for (const name of names) pm.collectionVariables.unset(name);
}
