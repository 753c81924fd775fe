const ITEM = { productId: 'PROD001', quantity: 2 };
const SHIPPING_ADDRESS = { street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' };

/** What somebody wants to know who has just started the services. */
export function welcome(services, pidOf, catalog, seconds) {
  const rows = services.map(({ name, url }) => [name, url, `${url}/docs`, String(pidOf(name))]);
  const started = (wanted) => services.find(({ name }) => name === wanted);
  if (started('order') && !started('product')) rows.push(catalogElsewhere(catalog));
  return ['', table([['service', 'address', 'docs', 'pid'], ...rows]), '', `Ready in ${seconds} s. Ctrl-C stops.`]
    .concat(started('gateway') ? ['', `See it live: ${started('gateway').url}`] : [])
    .concat(started('order') ? ['', 'Place the first order:', '', firstCall(started, catalog)] : [])
    .concat('')
    .join('\n');
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('   ')}`.trimEnd());
  return lines.join('\n');
}

/** Where prices come from has to be seen. */
const catalogElsewhere = (catalog) =>
  catalog === 'none'
    ? ['product', 'none', 'the price that an order names counts', '']
    : ['product', catalog, 'not started here', ''];

function firstCall(started, catalog) {
  const { url } = started('gateway') ?? started('order');
  const item = catalog === 'none' ? { ...ITEM, price: 29.99 } : ITEM;
  const body = JSON.stringify({ customerId: 'customer-1', items: [item], shippingAddress: SHIPPING_ADDRESS });
  // cmd.exe knows no single quotes.
  const quoted = process.platform === 'win32' ? JSON.stringify(body) : `'${body}'`;
  return `  curl -s ${url}/orders -H "Content-Type: application/json" -d ${quoted}`;
}
