import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Request, RequestHandler } from 'express';
import { Refusal } from '../errors.ts';
import { mayTurnChaos } from './query.ts';

export interface Here {
  service: string;
  /** Further names of this process. */
  allowedHosts?: readonly string[] | undefined;
  /** Pages of these origins may call, besides its own. */
  origins?: readonly string[] | undefined;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const isRead = ({ method, url }: Request): boolean => READS.has(method) && !mayTurnChaos(url);
/** A browser says so also of what it only reads, where there is no Origin. */
const FOREIGN = new Set<unknown>(['cross-site', 'same-site']);

/**
 * Where callers are not authenticated, whoever reaches a process may write, and every web page reaches the ports of the
 * machine it is read on. Writes are refused if they come from a page of another origin, or under a host name that is not
 * ours: somebody may have pointed his name to this address, so that his page has our origin (DNS rebinding).
 */
export function onlyFromHere({ service, allowedHosts = [], origins = [] }: Here): RequestHandler {
  const names = new Set(['localhost', service, hostname(), ...allowedHosts].map((name) => name.toLowerCase()));
  const isOurs = (host: string): boolean => {
    const name = nameIn(host);
    return names.has(name) || isIP(name) > 0 || name.endsWith('.localhost') || isInCluster(name, service);
  };
  // Most requests use the same host name.
  let known: string | undefined;
  return (req, _res, next) => {
    if (isRead(req)) return next();
    const { headers } = req;
    const { origin } = headers;
    if (origin === undefined && FOREIGN.has(headers['sec-fetch-site'])) {
      throw new Refusal(403, 'FOREIGN_ORIGIN', 'Pages of other origins may not change anything.');
    }
    if (origin === undefined && known !== undefined && headers.host === known && !headers['x-forwarded-host'])
      return next();
    const { host } = req;
    if (host !== known && !isOurs(host ?? '')) {
      const advice = 'Name it in ALLOWED_HOSTS if it is a name of this process.';
      throw new Refusal(403, 'UNEXPECTED_HOST', `Requests to the host ${host} may not change anything. ${advice}`);
    }
    known = host;
    if (origin !== undefined && hostOf(origin) !== host?.toLowerCase() && !origins.includes(origin)) {
      throw new Refusal(403, 'FOREIGN_ORIGIN', `Pages of ${origin} may not change anything.`);
    }
    next();
  };
}

/** The host without its port; IPv6 without its brackets. */
const nameIn = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1');

/** The longer names that Kubernetes gives a service. */
const isInCluster = (name: string, service: string): boolean =>
  name.startsWith(`${service}.`) && /\.svc(?:\.cluster\.local)?$/.test(name);

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);
