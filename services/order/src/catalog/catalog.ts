import { listProducts, type Product } from '@oms/shared/contracts/product';
import { decimalsOf, toCents } from '@oms/shared/money';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { Trace } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import type { Listing } from '../domain/pricing.ts';

/** How old a remembered product may be when it stands in for a product service that does not answer. */
const OLDEST_MS = 15 * 60_000;
/** How long an order waits for its prices, attempts and pauses together. */
const PATIENCE_MS = 5_000;
const MOST_KNOWN = 10_000;

interface Known {
  name: string;
  priceCents: number;
  currency: string;
  lookedUpAt: number;
}

/** Looks up names and prices at the product service, and remembers them for a while. */
export class Catalog {
  /** The product that was looked up longest ago comes first. */
  readonly #known = new Map<string, Known>();
  readonly #underWay = new Map<string, Promise<Listing>>();

  constructor(
    private readonly client: ServiceClient,
    private readonly world: Pick<World, 'now'>,
    private readonly freshMs: number,
  ) {}

  /** One call for all products that are not fresh, and none for those that another request is looking up. */
  async lookUp(productIds: readonly string[], trace?: Trace): Promise<ReadonlyMap<string, Listing>> {
    const wanted = [...new Set(productIds)];
    const now = this.world.now();
    const fresh = new Map<string, Listing>();
    for (const id of wanted) {
      const known = this.#known.get(id);
      if (known && now - known.lookedUpAt < this.freshMs) fresh.set(id, { ...known, isCurrent: true });
    }
    const missing = wanted.filter((id) => !fresh.has(id) && !this.#underWay.has(id));
    if (missing.length > 0) this.#ask(missing, now, trace);
    const listings = wanted.map(async (id) => [id, fresh.get(id) ?? (await this.#underWay.get(id))] as const);
    return new Map((await Promise.all(listings)) as [string, Listing][]);
  }

  #ask(productIds: readonly string[], now: number, trace: Trace | undefined): void {
    const answer = this.#call(productIds, trace);
    for (const id of productIds) {
      this.#underWay.set(
        id,
        answer.then((listed) => {
          this.#underWay.delete(id);
          return listed ? this.#learn(id, listed.get(id), now) : this.#remembered(id);
        }),
      );
    }
  }

  /** The products that exist among these; undefined when the product service does not answer. */
  async #call(productIds: readonly string[], trace: Trace | undefined): Promise<Map<string, Product> | undefined> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const outcome = await this.client.ask(listProducts, { query: { ids: productIds.join(',') }, signal, trace });
    return outcome.kind === 'done' ? new Map(outcome.data.items.map((product) => [product.id, product])) : undefined;
  }

  /** Missing products are not remembered: they may be added at any time, and invented ids must not displace others. */
  #learn(id: string, product: Product | undefined, lookedUpAt: number): Listing {
    this.#known.delete(id);
    if (!product) return 'not listed';
    const { name, price, currency } = product;
    const known = { name, priceCents: toCents(price, decimalsOf(currency)), currency, lookedUpAt };
    this.#known.set(id, known);
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value as string);
    return { ...known, isCurrent: true };
  }

  #remembered(id: string): Listing {
    const known = this.#known.get(id);
    return known && this.world.now() - known.lookedUpAt < OLDEST_MS ? { ...known, isCurrent: false } : 'not known';
  }
}
