import type { Audit } from '@oms/shared/contracts/operations';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { OrderBook, OrderDoc } from '../book/order-book.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Dispatcher } from '../runner/dispatcher.ts';
import type { Clients } from '../sagas/participants.ts';
import type { Answers } from './answers.ts';

export interface OrderParts extends ServiceParts<OrderDoc> {
  book: OrderBook;
  dispatcher: Dispatcher;
  clients: Clients;
  answers: Answers;
  /** Compares the books of all services, and reports what it found to logs and metrics. */
  audit(): Promise<Audit>;
  /** Knows the prices of products; absent: orders carry them. */
  catalog?: Catalog | undefined;
  settings: {
    waitMs: number;
    deadlineMs: number;
    holdMs: number;
    holdUnits: number;
    drainMs: number;
    addressChanges: number;
  };
}
