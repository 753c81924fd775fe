/** Who may do what at the gateway. What is not in the table, or is not written as it is there, is for admins alone. */
export type Access = 'everybody' | 'metrics' | 'customers' | 'admins';

const TABLE: readonly [access: Access, methods: string, path: string][] = [
  ['everybody', 'GET', '/health'],
  ['everybody', 'GET', '/livez'],
  ['everybody', 'GET', '/readyz'],
  ['everybody', 'POST', '/auth/token'],
  ['everybody', 'GET', '/'],
  ['everybody', 'GET', '/favicon.ico'],
  ['everybody', 'GET', '/assets/:file'],
  ['everybody', 'GET', '/docs'],
  ['everybody', 'GET', '/docs/:file'],
  ['everybody', 'GET', '/openapi.json'],
  ['everybody', 'GET', '/asyncapi.json'],
  ['everybody', 'GET', '/services/:file/openapi.json'],

  ['metrics', 'GET', '/metrics'],

  ['customers', 'GET POST', '/orders'],
  ['customers', 'GET PUT DELETE', '/orders/:id'],
  ['customers', 'GET', '/orders/:id/events'],
  ['customers', 'GET', '/orders/:id/track'],
  ['customers', 'POST', '/orders/:id/confirm'],
  ['customers', 'POST', '/orders/:id/cancel'],
  ['customers', 'POST', '/orders/:id/return'],
  ['customers', 'GET', '/availability'],
  ['customers', 'GET', '/products'],
  ['customers', 'GET', '/products/:id'],
  ['customers', 'GET', '/products/search/:text'],
  ['customers', 'GET', '/inventory'],
  // Whose goods are reserved is nobody else's business; the words would do as an id, too.
  ['admins', 'GET', '/inventory/reservations'],
  ['admins', 'GET', '/inventory/reservations/:id'],
  ['customers', 'GET', '/inventory/:id'],
  ['customers', 'GET', '/inventory/:id/availability'],
];

/** Exactly what a path may be made of: no escapes in ids, and no dots or backslashes that a URL parser resolves. */
const PARTS: Record<string, string> = {
  id: String.raw`(?!\.\.?(?:/|$))[A-Za-z0-9_.:-]{1,64}`,
  file: String.raw`(?!\.\.?(?:/|$))[A-Za-z0-9_.-]{1,100}`,
  text: String.raw`(?!(?:\.|%2[eE]){1,2}$)[A-Za-z0-9_.~!$&'()*+,;=:@%-]{1,600}`,
};

const rules = TABLE.map(([access, methods, path]) => ({
  access,
  methods: methods.split(' '),
  path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:(\w+)/g, (_, part) => PARTS[part] as string)}$`),
}));

/** Who may send such a request. `url` is the target as it came, with or without the prefix /api. */
export function accessTo(method: string, url: string): Access {
  const [path = ''] = url.split('?', 1);
  const plain = path.startsWith('/api/') ? path.slice('/api'.length) : path;
  const asked = method === 'HEAD' ? 'GET' : method;
  return rules.find((rule) => rule.methods.includes(asked) && rule.path.test(plain))?.access ?? 'admins';
}
