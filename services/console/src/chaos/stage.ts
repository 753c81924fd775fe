import type { Order } from '@oms/shared/contracts/order';
import type { ChaosChange } from '@oms/shared/contracts/service';
import { signal } from '@preact/signals';
import { call, get, isProblem } from '../http/api.ts';
import { ADDRESS, Burst, type Placed, place, type Wish } from '../orders/burst.ts';

export interface Line {
  mark: 'ok' | 'bad' | 'busy' | 'plain';
  text: string;
}

export interface Scenario {
  name: string;
  title: string;
  story: string;
  expect: readonly string[];
  watch: readonly (readonly [href: string, text: string])[];
  run(stage: Stage): Promise<void>;
}

class Stopped extends Error {}

const LOOK_EVERY_MS = 400;

/** What a scenario is played on: it disturbs services, places orders, and says what it sees. */
export class Stage {
  readonly lines = signal<readonly Line[]>([]);
  readonly isOver = signal(false);
  readonly burst = new Burst();
  readonly #stop = new AbortController();
  readonly #disturbed = new Set<string>();

  constructor(readonly scenario: Scenario) {}

  async play(): Promise<void> {
    try {
      await this.scenario.run(this);
    } catch (error) {
      if (error instanceof Stopped) this.note('Stopped.');
      else this.#say('bad', isProblem(error) ? error.detail : String(error));
    } finally {
      for (const service of this.#disturbed) await this.calm(service).catch(() => {});
      this.isOver.value = true;
    }
  }

  stop(): void {
    this.#stop.abort();
    this.burst.stop();
  }

  /** Whether it ended as it was promised. */
  get isAsPromised(): boolean {
    return this.isOver.value && this.lines.value.every(({ mark }) => mark !== 'bad');
  }

  note(text: string): void {
    this.#say('plain', text);
  }

  check(isSo: boolean, text: string): void {
    this.#say(isSo ? 'ok' : 'bad', isSo ? text : `Not so: ${text}`);
  }

  async disturb(service: string, faults: ChaosChange): Promise<void> {
    this.#disturbed.add(service);
    await setChaos(service, faults);
  }

  async calm(service: string): Promise<void> {
    this.#disturbed.delete(service);
    await setChaos(service, { enabled: false });
  }

  order(more: Partial<Wish> = {}): Promise<Placed> {
    this.#mayGoOn();
    return place({ ...WISH, ...more }, this.#stop.signal);
  }

  orders(count: number, atOnce: number, more: Partial<Wish> = {}): Promise<Burst['progress']['value']> {
    this.#mayGoOn();
    return this.burst.run({ ...WISH, ...more }, count, atOnce);
  }

  /** Waits until it is so, and says whether it came to that. */
  async until(text: string, withinMs: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
    this.#say('busy', `${text}: waiting`);
    const waiting = this.lines.value.length - 1;
    const deadline = performance.now() + withinMs;
    let came = await isSo();
    while (!came && performance.now() < deadline) {
      this.#mayGoOn();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      came = await isSo();
    }
    const line: Line = { mark: came ? 'ok' : 'bad', text: came ? text : `Not so: ${text}` };
    this.lines.value = this.lines.value.with(waiting, line);
  }

  async linger(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (performance.now() < until) {
      this.#mayGoOn();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async booksBalance(): Promise<void> {
    await this.until('No saga is left under way', 60_000, async () => {
      const { items } = await get<{ items: unknown[] }>('/sagas?limit=1');
      return items.length === 0;
    });
    const { balanced } = await get<{ balanced: boolean }>('/audit');
    this.check(balanced, 'The books of all services balance');
  }

  #say(mark: Line['mark'], text: string): void {
    this.lines.value = [...this.lines.value, { mark, text }];
  }

  #mayGoOn(): void {
    if (this.#stop.signal.aborted) throw new Stopped();
  }
}

const WISH: Wish = {
  customerId: 'scenario',
  items: [{ productId: 'prod2', quantity: 1 }],
  paymentMethod: 'tok_visa',
  autoConfirm: true,
  shippingAddress: ADDRESS,
};

export const setChaos = (service: string, faults: ChaosChange) =>
  call('PUT', `/services/${service}/chaos`, { body: faults });

export const statusOf = async (id: string): Promise<string> => (await get<Order>(`/orders/${id}`)).status;

/** The scenario that is played, or was the last to be. */
export const stage = signal<Stage | undefined>(undefined);

export function play(scenario: Scenario): void {
  stage.value?.stop();
  const next = new Stage(scenario);
  stage.value = next;
  void next.play();
}
