import { randomBytes } from 'node:crypto';

const ADDRESS = { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

/** The order that everybody is asked for: made anew each time, with a key of its own. */
export function placing({ products = 1000, lines = 1, path = '/orders', prefer } = {}) {
  const run = randomBytes(6).toString('hex');
  const wish = prefer ? `Prefer: ${prefer}\r\n` : '';
  let n = 0;
  return () => {
    n += 1;
    const items = Array.from({ length: lines }, (_, line) => ({
      productId: productId((n + line) % products),
      quantity: 1,
      price: 29.99,
    }));
    const body = JSON.stringify({ customerId: `CUST${n % 500}`, items, shippingAddress: ADDRESS });
    return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${wish}Idempotency-Key: ${run}-${n}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
}

/** One path after the other. */
export function reading({ paths, encoding }) {
  const wish = encoding ? `Accept-Encoding: ${encoding}\r\n` : '';
  let n = 0;
  return () =>
    `GET ${paths[n++ % paths.length]} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n${wish}\r\n`;
}

export const productId = (n) => `P${String(n).padStart(5, '0')}`;
