import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';

/** Who may do what at the gateway. A path that no contract names, to the letter, is only for admins. */
export type Access = 'everybody' | 'metrics' | 'customers' | 'admins';

/** Pages without a contract, and who may read them. */
const PAGES: readonly [path: string, access: Access][] = [
  ['/', 'everybody'],
  ['/favicon.ico', 'everybody'],
  ['/assets/{file}', 'everybody'],
  ['/docs', 'everybody'],
  ['/docs/{file}', 'everybody'],
  ['/swagger-ui.html', 'everybody'],
  ['/swagger-ui/index.html', 'everybody'],
  ['/openapi.json', 'everybody'],
  ['/asyncapi.json', 'everybody'],
  ['/problems', 'everybody'],
  ['/problems/{file}', 'everybody'],
  ['/services/{file}/openapi.json', 'everybody'],
  // A token for the metrics of one service is not one for those of all.
  ['/metrics', 'metrics'],
];

/** The strictest first: where several contracts match, only the service knows which one it is. */
const STRICTEST: readonly Access[] = ['admins', 'metrics', 'customers', 'everybody'];

/** One segment: no slash, no dots or backslashes that a URL parser resolves. */
const SEGMENT = String.raw`(?!(?:\.|%2[eE]){1,2}(?:/|$))[A-Za-z0-9_.~!$&'()*+,;=:@%-]{1,600}`;

interface Rule {
  path: RegExp;
  access: Access;
}

const rules = new Map<string, Rule[]>();
for (const { method, path, aliases = [], access = 'admins' } of Object.values(EVERY_ENDPOINT).flat()) {
  for (const one of [path, ...aliases]) add(method.toUpperCase(), one, access);
}
for (const [path, access] of PAGES) add('GET', path, access);

function add(method: string, path: string, access: Access): void {
  const pattern = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, () => SEGMENT);
  rules.set(method, [...(rules.get(method) ?? []), { path: new RegExp(`^${pattern}$`), access }]);
}

/** Who may send such a request. `url` is the request target, with or without the prefix /api. */
export function accessTo(method: string, url: string): Access {
  const [path = ''] = url.split('?', 1);
  const plain = path.startsWith('/api/') ? path.slice('/api'.length) : path;
  const fitting = rules.get(method === 'HEAD' ? 'GET' : method)?.filter((rule) => rule.path.test(plain)) ?? [];
  return STRICTEST.find((access) => fitting.some((rule) => rule.access === access)) ?? 'admins';
}
