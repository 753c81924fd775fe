const ITEM = { productId: 'PROD001', quantity: 2 };
const SHIPPING_ADDRESS = { street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' };

/** What somebody wants to know who has just started the services, which need others. */
export function welcome(services, others, pidOf, seconds) {
  const rows = services.map(({ name, url }) => [name, url, `${url}/docs`, String(pidOf(name))]);
  const started = (wanted) => services.find(({ name }) => name === wanted);
  const catalog = (started('product') ?? others.find(({ name }) => name === 'product'))?.url;
  const table = tableOf([
    ['service', 'address', 'docs', 'pid'],
    ...rows,
    ...others.map((other) => elsewhere(other, services)),
  ]);
  const missing = others.filter(({ url }) => url !== 'none').map(({ name }) => `npm run start:${name}`);
  return ['', table, '', `Ready in ${seconds} s. Ctrl-C stops.`]
    .concat(missing.length > 0 ? ['', `Not started yet? Each in a terminal of its own: ${missing.join(', ')}`] : [])
    .concat(started('gateway') ? ['', `See it live: ${started('gateway').url}`] : [])
    .concat(started('order') ? ['', 'Place the first order:', '', firstCall(started, catalog)] : [])
    .concat('')
    .join('\n');
}

/** Where prices come from has to be seen; so has a port that somebody else has taken. */
function elsewhere({ name, url }, services) {
  const port = URL.canParse(url) ? Number(new URL(url).port) : undefined;
  const there = services.find((one) => one.port === port);
  if (url === 'none') return [name, url, 'the price that an order names counts', ''];
  if (!there) return [name, url, 'not started here', ''];
  return [name, url, `${there.name} is there: set ${name.toUpperCase()}_SERVICE_URL`, ''];
}

function tableOf(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('   ')}`.trimEnd());
  return lines.join('\n');
}

function firstCall(started, catalog) {
  const { url } = started('gateway') ?? started('order');
  const item = catalog === 'none' ? { ...ITEM, price: 29.99 } : ITEM;
  const body = JSON.stringify({ customerId: 'customer-1', items: [item], shippingAddress: SHIPPING_ADDRESS });
  // cmd.exe knows no single quotes.
  const quoted = process.platform === 'win32' ? JSON.stringify(body) : `'${body}'`;
  return `  curl -s ${url}/orders -H "Content-Type: application/json" -d ${quoted}`;
}
