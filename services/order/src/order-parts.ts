import type { ServiceParts } from '@oms/shared/http/app';
import type { Dispatcher } from './dispatcher.ts';
import type { OrderBook, OrderDoc } from './order-book.ts';
import type { Clients } from './participants.ts';

export interface OrderParts extends ServiceParts<OrderDoc> {
  book: OrderBook;
  dispatcher: Dispatcher;
  clients: Clients;
  settings: { waitMs: number; deadlineMs: number; holdMs: number; drainMs: number };
}
