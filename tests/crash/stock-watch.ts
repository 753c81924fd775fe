import { setTimeout as pause } from 'node:timers/promises';
import type { StockLevel } from '@oms/shared/contracts/inventory';
import type { Client } from './client.ts';

const LOOK_EVERY_MS = 300;

/** Checks the stock during the run: its numbers must add up at every moment, not only at the end. */
export class StockWatch {
  looks = 0;
  readonly wrong = new Map<string, string>();

  constructor(
    private readonly client: Client,
    private readonly replicas: readonly string[],
  ) {}

  async run(ended: AbortSignal): Promise<void> {
    for (let turn = 0; !ended.aborted; turn++) {
      const replica = this.replicas[turn % this.replicas.length] as string;
      const heard = await this.client.send(replica, 'GET', '/inventory?limit=200');
      if (heard?.status === 200) this.#judge((JSON.parse(heard.body) as { items: StockLevel[] }).items);
      await pause(LOOK_EVERY_MS, undefined, { signal: ended }).catch(() => {});
    }
  }

  #judge(levels: readonly StockLevel[]): void {
    this.looks++;
    for (const level of levels) {
      const trouble = stockTrouble(level);
      if (trouble) this.wrong.set(level.productId, trouble);
    }
  }
}

/** The inconsistency in a product's records, if any. */
export function stockTrouble(level: Omit<StockLevel, 'available' | 'movements'>): string | undefined {
  const { initial, added, restocked, shipped, onHand, reserved, held } = level;
  const balanced = initial + added + restocked - shipped === onHand;
  const sound = 0 <= held && held <= reserved && reserved <= onHand;
  return balanced && sound ? undefined : JSON.stringify(level);
}
