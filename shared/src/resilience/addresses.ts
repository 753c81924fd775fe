import { isName, type LookUp, Names } from './names.ts';

const PROBE_EVERY_MS = 500;
/** So many failures in a row are not the fault of single requests. */
const SUSPICIOUS_FAILURES = 5;

interface Replica {
  origin: string;
  underWay: number;
  /** Left out after a failed call, until it answers that it is ready. */
  out: boolean;
  /** Answers of 500 and above in a row. */
  failures: number;
}

/** The addresses of one service. A call goes where the fewest are under way. One that fails is left out until it is ready. */
export class Addresses {
  #replicas: Replica[] = [];
  readonly #isReady: (origin: string) => Promise<boolean>;
  readonly #names: Names | undefined;
  #turn = 0;
  #probing: NodeJS.Timeout | undefined;

  /** With `lookUp`, a name stands for all machines that have it. */
  constructor(origins: readonly string[], isReady: (origin: string) => Promise<boolean>, lookUp?: LookUp) {
    this.#isReady = isReady;
    this.#become(origins);
    this.#names = lookUp && new Names(origins, lookUp, (found) => this.#become(found));
  }

  /** Where one can look at each machine. A name beside machines that were found leads to one of them. */
  get origins(): string[] {
    const all = this.#replicas.map(({ origin }) => origin);
    const machines = all.filter((origin) => !isName(origin));
    return machines.length > 0 ? machines : all;
  }

  isOut(origin: string): boolean {
    return this.#find(origin)?.out ?? true;
  }

  /** The address for the next call, to be released afterwards. When all are left out, any is as good as another. */
  take(tried: readonly string[] = []): string | undefined {
    const untried = this.#replicas.filter(({ origin }) => !tried.includes(origin));
    const healthy = untried.filter(({ out }) => !out);
    const choice = healthy.length > 0 ? healthy : untried;
    const fewest = Math.min(...choice.map(({ underWay }) => underWay));
    const idlest = choice.filter(({ underWay }) => underWay === fewest);
    const chosen = idlest[this.#turn++ % Math.max(1, idlest.length)];
    if (chosen) chosen.underWay++;
    return chosen?.origin;
  }

  release(origin: string): void {
    const replica = this.#find(origin);
    if (replica) replica.underWay--;
  }

  /** A call did not get through, or had no answer. A single address is never left out: no other could take its calls. */
  failed(origin: string): void {
    const replica = this.#find(origin);
    if (!replica || this.#replicas.length === 1) return;
    replica.out = true;
    this.#probing ??= setInterval(() => void this.#probe(), PROBE_EVERY_MS).unref();
  }

  /** An answer came. An address that fails again and again is left out, unless it says that it is ready. */
  answered(origin: string, status: number): void {
    const replica = this.#find(origin);
    if (!replica) return;
    replica.failures = status >= 500 ? replica.failures + 1 : 0;
    if (replica.failures > 0 && replica.failures % SUSPICIOUS_FAILURES === 0) void this.#suspect(replica);
  }

  close(): void {
    this.#names?.close();
    this.#stopProbing();
  }

  /** Who stays is known as before; who is gone may still have calls under way. */
  #become(origins: readonly string[]): void {
    this.#replicas = origins.map((origin) => this.#find(origin) ?? { origin, underWay: 0, out: false, failures: 0 });
  }

  #find(origin: string): Replica | undefined {
    return this.#replicas.find((replica) => replica.origin === origin);
  }

  #stopProbing(): void {
    clearInterval(this.#probing);
    this.#probing = undefined;
  }

  async #suspect(replica: Replica): Promise<void> {
    if (!(await this.#saysReady(replica))) this.failed(replica.origin);
  }

  #saysReady({ origin }: Replica): Promise<boolean> {
    return this.#isReady(origin).catch(() => false);
  }

  async #probe(): Promise<void> {
    const out = this.#replicas.filter((replica) => replica.out);
    await Promise.all(
      out.map(async (replica) => {
        if (await this.#saysReady(replica)) replica.out = false;
      }),
    );
    if (this.#replicas.every((replica) => !replica.out)) this.#stopProbing();
  }
}
