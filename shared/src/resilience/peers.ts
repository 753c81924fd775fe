import { type AddressesOf, addressesIn } from '../service/config.ts';
import type { ServiceParts } from '../service/parts.ts';
import { Addresses } from './addresses.ts';
import type { BreakerSettings } from './breaker.ts';
import { type BreakersOf, breakerSettings } from './breaker-config.ts';
import { ServiceClient } from './client.ts';
import { isReady, type Transport, undiciTransport } from './transport.ts';

type Parts = Pick<ServiceParts<unknown>, 'service' | 'metrics' | 'world' | 'log' | 'internalToken'>;

/** The other services that a process calls: one client for each, over one transport. */
export class Peers {
  readonly #clients: ServiceClient[] = [];
  readonly #addresses: Addresses[] = [];
  readonly #absent: string[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly transport: Transport = undiciTransport(),
  ) {}

  client(settings: BreakerSettings, origins: readonly string[]): ServiceClient {
    const { service, metrics, world, log, internalToken } = this.parts;
    const addresses = new Addresses(origins, isReady(this.transport), this.transport.lookUp);
    const client = new ServiceClient({
      settings,
      addresses,
      transport: this.transport,
      metrics,
      random: world.random,
      from: service,
      internalToken,
      onBreaker: (target, state) => log.warn('circuit breaker', { target, state }),
    });
    this.#addresses.push(addresses);
    this.#clients.push(client);
    return client;
  }

  /** A client of each of these, as the environment says where they are and when their breakers open. */
  clients<S extends string>(services: readonly S[], config: BreakersOf<S> & AddressesOf<S>): Record<S, ServiceClient> {
    const at = addressesIn<S, readonly string[]>(config, services);
    const clientOf = (service: S) => this.client(breakerSettings(service, config), at[service]);
    return Object.fromEntries(services.map((service) => [service, clientOf(service)])) as Record<S, ServiceClient>;
  }

  /** A service that the settings leave out. */
  without(name: string): undefined {
    this.#absent.push(name);
  }

  /** What /health says of them. */
  readonly dependencies = () => {
    const states = this.#clients.map(({ breaker }) => [breaker.settings.name, breaker.state]);
    const none = this.#absent.map((name) => [name, 'NONE']);
    return {
      degraded: states.some(([, state]) => state !== 'CLOSED'),
      details: Object.fromEntries([...states, ...none]),
    };
  };

  async close(): Promise<void> {
    for (const addresses of this.#addresses) addresses.close();
    for (const client of this.#clients) client.close();
    await this.transport.close();
  }
}
