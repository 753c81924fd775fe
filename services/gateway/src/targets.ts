import { Refusal } from '@oms/shared/errors';

/** Every service with its paths. Everything below them, also under /api, belongs to it. */
const PATHS = {
  order: ['orders', 'availability', 'sagas', 'circuit-breaker', 'audit'],
  inventory: ['inventory'],
  payment: ['payments'],
  shipping: ['shipments', 'shipping'],
  product: ['products'],
  notification: ['notifications', 'webhooks'],
};
export type ServiceName = keyof typeof PATHS;
export const SERVICES = Object.keys(PATHS) as ServiceName[];
const PREFIXES = new Map(SERVICES.flatMap((service) => PATHS[service].map((path) => [path, service] as const)));

export interface Target {
  service: ServiceName;
  /** The path and query for the service, every character as it came. */
  path: string;
  /** For the metrics. */
  route: string;
}

const ORIGIN = /^https?:\/\/[^/?#]*/i;
const PREFIXED = /^(?:\/api)?(\/([^/?#]+).*)$/s;
const OF_A_SERVICE = /^(?:\/api)?\/services\/([^/?#]+)(.*)$/s;
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?=[/?#]|$)/i;

/** The target of a request; undefined: it goes to no service. */
export function targetOf(requestTarget: string): Target | undefined {
  const path = requestTarget.replace(ORIGIN, '');
  return ofService(path) ?? prefixed(path);
}

/** Clients resolve dot segments themselves: a path that still has one is an attempt to reach another service. */
export function refuseDotSegments({ path }: Target): void {
  const [plain = ''] = path.split('?', 1);
  if (!DOT_SEGMENT.test(plain)) return;
  const errors = [{ path: 'path', message: 'must not contain . or .. segments' }];
  throw new Refusal(400, 'VALIDATION_FAILED', 'The path must not contain . or .. segments.', { errors });
}

function ofService(path: string): Target | undefined {
  const [, name = '', rest = ''] = OF_A_SERVICE.exec(path) ?? [];
  const service = SERVICES.find((known) => known === name);
  return service && { service, path: rest.startsWith('/') ? rest : `/${rest}`, route: `/services/${service}/*` };
}

function prefixed(path: string): Target | undefined {
  const [, rest = '', name = ''] = PREFIXED.exec(path) ?? [];
  const service = PREFIXES.get(name);
  return service && { service, path: rest, route: `/${name}/*` };
}

const ORDER = /^\/orders\/(?!circuit-breaker\/)([\w.:-]{1,64})(?:[/?]|$)|[?&]orderId=([\w.:-]{1,64})(?:&|$)/;

/** For the log alone: the order that a path names. Whether there is one, nobody knows here. */
export function orderNamedBy(path: string): string | undefined {
  const [, inPath, inQuery] = ORDER.exec(path) ?? [];
  return inPath ?? inQuery;
}
