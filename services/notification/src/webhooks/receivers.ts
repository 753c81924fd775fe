import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { LookUp } from '@oms/shared/resilience/names';
import { connections, type Transport, undiciTransport } from '@oms/shared/resilience/transport';
import { within } from '@oms/shared/within';
import { isPublic } from './public-addresses.ts';

/** Receivers of webhooks are named by others, and may lead to where only we can go. */
export interface Receivers {
  /** Why nothing may be sent to this address. A name that leads nowhere today may lead somewhere tomorrow. */
  faultOf(url: string): Promise<string | undefined>;
  /** Sends to public addresses only, and follows no redirects. */
  transport: Transport;
}

const CONNECT_MS = 5_000;
const LOOK_UP = { timeout: 2_000, tries: 2 };
/** Only the status of an answer counts. */
const LONGEST_ANSWER_BYTES = 64 * 1024;
const PORTS = new Set(['', '8443']);
const PRIVATE = 'leads to a private address';

/** Asks DNS itself: the system's way has few threads, which one slow name server would take from all. */
function resolveByDns(): LookUp {
  const resolver = new Resolver(LOOK_UP);
  return async (host) => {
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  };
}

/** The name is looked up once for a connection: every address is checked, and the connection is made to one of them. */
export function transportTo(lookUp: LookUp, allows: (address: string) => boolean): Transport {
  const addressesOf = async (host: string) => {
    const [first, ...others] = (await lookUp(host)).map((address) => ({ address, family: isIP(address) }));
    if (!first) throw new Error(`${host} has no address`);
    if (![first, ...others].every(({ address }) => allows(address))) throw new Error(`${host} ${PRIVATE}`);
    return [first, ...others] as const;
  };
  const lookup: LookupFunction = (host, { all }, callback) => {
    addressesOf(host).then(
      ([first, ...others]) => {
        if (all) callback(null, [first, ...others]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
  return transportWith({ lookup });
}

const transportWith = (connect: { lookup?: LookupFunction }): Transport =>
  undiciTransport(connections({ connect, connectTimeout: CONNECT_MS, maxResponseSize: LONGEST_ANSWER_BYTES }));

export function publicReceivers(lookUp: LookUp = resolveByDns()): Receivers {
  const transport = transportTo(lookUp, isPublic);
  return {
    async faultOf(text) {
      const url = new URL(text);
      const fault = faultIn(url);
      if (fault || isIP(hostIn(url)) > 0) return fault;
      const found = await within(LOOK_UP.timeout, lookUp(url.hostname)).catch(() => []);
      return found.every(isPublic) ? undefined : PRIVATE;
    },
    transport: {
      ...transport,
      // An address is not looked up, and webhooks from before may have been allowed more.
      async send(request) {
        const fault = faultIn(new URL(request.origin));
        if (fault) throw new Error(`its address ${fault}`);
        return transport.send(request);
      },
    },
  };
}

/** For development: any address, any port, without TLS. */
export const anyReceivers = (): Receivers => ({
  faultOf: async (url) => faultOfUser(new URL(url)),
  transport: transportWith({}),
});

function faultIn(url: URL): string | undefined {
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (!PORTS.has(url.port)) return 'must have the port 443 or 8443';
  const host = hostIn(url);
  return isIP(host) > 0 && !isPublic(host) ? PRIVATE : faultOfUser(url);
}

/** `URL` has resolved unusual spellings of addresses, such as 0x7f.1 or 2130706433. */
const hostIn = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

const faultOfUser = ({ username, password }: URL): string | undefined =>
  username || password ? 'must not contain a user or a password' : undefined;
