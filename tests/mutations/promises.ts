import type { Mutation } from './mutation.ts';
import { OF_CALLERS } from './promises/callers.ts';
import { OF_COPIES } from './promises/copies.ts';
import { OF_EVENTS } from './promises/events.ts';
import { OF_GOODS } from './promises/goods.ts';
import { OF_ORDERS } from './promises/orders.ts';
import { OF_PARTS } from './promises/parts.ts';
import { withTest } from './promises/rows.ts';
import { OF_WEBHOOKS } from './promises/webhooks.ts';

/** One for each row of docs/guarantees.md. */
export const PROMISES: readonly Mutation[] = [
  ...OF_ORDERS,
  ...OF_GOODS,
  ...OF_PARTS,
  ...OF_COPIES,
  ...OF_EVENTS,
  ...OF_WEBHOOKS,
  ...OF_CALLERS,
].map(withTest);
