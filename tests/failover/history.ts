import { writeFileSync } from 'node:fs';

/** What a client asked and was told, of one order or one product. `from` and `to` are when, in µs; no `to`: it may happen any time. */
export interface Operation {
  of: 'order' | 'product';
  id: string;
  client: number;
  what:
    | 'place'
    | 'cancel'
    | 'read'
    | 'missing'
    | 'add'
    | 'take'
    | 'give'
    | 'maybe-take'
    | 'maybe-give'
    | 'maybe-return'
    | 'refused';
  from: number;
  to?: number;
  /** Of an order. */
  version?: number;
  status?: string;
  /** Of a product: how often its level has changed, and what can be sold. */
  movements?: number;
  quantity?: number;
  /** The order that takes or gives. */
  by?: string;
}

/** What is shown of an order. */
export interface Order {
  id: string;
  customer: { id: string };
  status: string;
}

export const micros = (): number => Math.round(performance.now() * 1_000);

export class History {
  readonly #operations: Operation[] = [];

  add(operation: Operation): void {
    this.#operations.push(operation);
  }

  get length(): number {
    return this.#operations.length;
  }

  save(file: string): void {
    writeFileSync(file, this.#operations.map((one) => `${JSON.stringify(one)}\n`).join(''));
  }
}
