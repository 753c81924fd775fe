const FIRST_ORDER = {
  customerId: 'customer-1',
  items: [{ productId: 'PROD001', quantity: 2, price: 29.99 }],
  shippingAddress: { street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' },
};

/** What somebody wants to know who has just started the services. */
export function welcome(services, pidOf, seconds) {
  const rows = services.map(({ name, url }) => [name, url, `${url}/docs`, String(pidOf(name))]);
  const order = services.find(({ name }) => name === 'order');
  return ['', table([['service', 'address', 'docs', 'pid'], ...rows]), '', `Ready in ${seconds} s. Ctrl-C stops.`]
    .concat(order ? ['', 'Place the first order:', '', firstCall(order.url)] : [])
    .concat('')
    .join('\n');
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('   ')}`.trimEnd());
  return lines.join('\n');
}

function firstCall(url) {
  const body = JSON.stringify(FIRST_ORDER);
  // cmd.exe knows no single quotes.
  const quoted = process.platform === 'win32' ? JSON.stringify(body) : `'${body}'`;
  return `  curl -s ${url}/orders -H "Content-Type: application/json" -d ${quoted}`;
}
