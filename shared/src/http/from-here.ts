import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { RequestHandler } from 'express';
import { Refusal } from '../errors.ts';

export interface Here {
  service: string;
  /** Further names of this process. */
  allowedHosts?: readonly string[] | undefined;
  /** Pages of these origins may call, beside its own. */
  origins?: readonly string[] | undefined;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Where nobody is asked who he is, whoever reaches a process may write; and every web page reaches what listens on the
 * machine of its reader. What a page of another origin sends says so, and what comes by a name of somebody else's (who may
 * have pointed it here, so that his page has our origin) is not meant for us.
 */
export function onlyFromHere({ service, allowedHosts = [], origins = [] }: Here): RequestHandler {
  const names = new Set(['localhost', service, hostname(), ...allowedHosts].map((name) => name.toLowerCase()));
  const isOurs = (host: string): boolean => {
    const name = nameIn(host);
    return names.has(name) || isIP(name) > 0 || name.endsWith('.localhost') || isInCluster(name, service);
  };
  // Callers use one name again and again.
  let known: string | undefined;
  return (req, _res, next) => {
    const { method, headers } = req;
    if (READS.has(method)) return next();
    const { origin } = headers;
    if (origin === undefined && known !== undefined && headers.host === known && !headers['x-forwarded-host'])
      return next();
    const { host } = req;
    if (host !== known && !isOurs(host ?? '')) {
      const advice = 'Name it in ALLOWED_HOSTS if it is a name of this process.';
      throw new Refusal(403, 'UNEXPECTED_HOST', `Nothing is changed by requests to the host ${host}. ${advice}`);
    }
    known = host;
    if (origin !== undefined && hostOf(origin) !== host?.toLowerCase() && !origins.includes(origin)) {
      throw new Refusal(403, 'FOREIGN_ORIGIN', `Nothing is changed by pages of ${origin}.`);
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
