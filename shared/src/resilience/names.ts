import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

const LOOK_EVERY_MS = 5_000;

/** All addresses behind the name of a host. */
export type LookUp = (host: string) => Promise<readonly string[]>;

/** In the family that the system prefers: the other one may lead nowhere, or to the same machines once more. */
export const lookUp: LookUp = async (host) => {
  const found = await lookup(host, { all: true });
  return found.filter(({ family }) => family === found[0]?.family).map(({ address }) => address);
};

/**
 * Looks again and again which machines a name stands for: a connection would stay where it was made, and new replicas would get
 * nothing. A name of one machine stays a name, and so does one that a certificate has to match.
 */
export class Names {
  readonly #found = new Map<string, readonly string[]>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly origins: readonly string[],
    private readonly lookUp: LookUp,
    private readonly onFound: (origins: readonly string[]) => void,
  ) {
    if (origins.some(isName)) void this.#look();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    await Promise.all(this.origins.filter(isName).map((origin) => this.#lookAt(origin)));
    if (this.#isClosed) return;
    this.onFound([...new Set(this.origins.flatMap((origin) => this.#found.get(origin) ?? origin))]);
    this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  /** What was found last counts until something else is found. */
  async #lookAt(origin: string): Promise<void> {
    const { hostname, port } = new URL(origin);
    const hosts = await this.lookUp(hostname).catch(() => []);
    if (hosts.length === 0) return;
    const found = hosts.map((host) => `http://${isIP(host) === 6 ? `[${host}]` : host}:${port || 80}`);
    this.#found.set(origin, found.length === 1 ? [origin] : found.sort());
  }
}

const HOST = /^http:\/\/(?:\[(.+)\]|([^:/]+))/;

export function isName(origin: string): boolean {
  const [, v6, host = v6] = HOST.exec(origin) ?? [];
  return host !== undefined && host !== 'localhost' && isIP(host) === 0;
}
