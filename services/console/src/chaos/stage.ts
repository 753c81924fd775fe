import type { ChaosChange } from '@oms/client';
import { signal } from '@preact/signals';
import { detailOf, problemOf } from '../data/api.ts';
import { ADDRESS, Burst, type OrderRequest, type Placed, type Progress, place } from '../data/burst.ts';
import { isAnySagaRunning, loadAudit, setChaos } from '../data/requests.ts';
import type { Tone } from '../words/status.ts';

export interface Line {
  mark: Tone;
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

/** Runs a scenario: disturbs services, places orders, and lists what it sees. */
export class Stage {
  readonly lines = signal<readonly Line[]>([]);
  readonly isOver = signal(false);
  readonly burst = new Burst();
  readonly #stop = new AbortController();
  readonly #disturbed = new Set<string>();

  constructor(readonly scenario: Scenario) {}

  async play(): Promise<void> {
    try {
      const problem = await problemOf(() => this.scenario.run(this));
      if (problem) this.#say('bad', detailOf(problem));
    } catch (error) {
      if (error instanceof Stopped) this.note('Stopped.');
      else this.#say('bad', String(error));
    } finally {
      for (const service of this.#disturbed) await this.calm(service).catch(() => {});
      this.isOver.value = true;
    }
  }

  stop(): void {
    this.#stop.abort();
    this.burst.stop();
  }

  /** The scenario is over, and every check held. */
  get isAsPromised(): boolean {
    return this.isOver.value && this.lines.value.every(({ mark }) => mark !== 'bad');
  }

  note(text: string): void {
    this.#say('plain', text);
  }

  check(isTrue: boolean, text: string): void {
    this.#say(isTrue ? 'ok' : 'bad', isTrue ? text : `Not so: ${text}`);
  }

  async disturb(service: string, faults: ChaosChange): Promise<void> {
    this.#disturbed.add(service);
    await setChaos(service, faults);
  }

  async calm(service: string): Promise<void> {
    this.#disturbed.delete(service);
    await setChaos(service, { enabled: false });
  }

  order(more: Partial<OrderRequest> = {}): Promise<Placed> {
    this.#mayGoOn();
    return place({ ...REQUEST, ...more });
  }

  orders(count: number, atOnce: number, more: Partial<OrderRequest> = {}): Promise<Progress> {
    this.#mayGoOn();
    return this.burst.run({ ...REQUEST, ...more }, count, atOnce);
  }

  /** Waits for a condition, and says whether it came true in time. */
  async until(text: string, withinMs: number, isTrue: () => boolean | Promise<boolean>): Promise<void> {
    this.#say('busy', `${text}: waiting`);
    const waiting = this.lines.value.length - 1;
    const deadline = performance.now() + withinMs;
    let came = await isTrue();
    while (!came && performance.now() < deadline) {
      this.#mayGoOn();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      came = await isTrue();
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
      return !(await isAnySagaRunning());
    });
    this.check((await loadAudit()).balanced, 'The books of all services balance');
  }

  #say(mark: Line['mark'], text: string): void {
    this.lines.value = [...this.lines.value, { mark, text }];
  }

  #mayGoOn(): void {
    if (this.#stop.signal.aborted) throw new Stopped();
  }
}

const REQUEST: OrderRequest = {
  customerId: 'scenario',
  items: [{ productId: 'prod2', quantity: 1 }],
  paymentMethod: 'tok_visa',
  autoConfirm: true,
  shippingAddress: ADDRESS,
};

/** The scenario that runs, or ran last. */
export const stage = signal<Stage | undefined>(undefined);

export function play(scenario: Scenario): void {
  stage.value?.stop();
  const next = new Stage(scenario);
  stage.value = next;
  void next.play();
}
